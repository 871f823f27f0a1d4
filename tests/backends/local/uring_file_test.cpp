#include <array>

#include <randomio/core/runtime/sleep.hpp>
#include <randomio/core/runtime/task_scope.hpp>

#include "tests/backends/local/fixture.hpp"
#include "tests/backends/local/inline_await.hpp"

namespace randomio::local::test {

namespace {

struct outcome {
  bool done = false;
  result<std::size_t> read = std::size_t{0};
};

task<> read_into(uring_file& f, std::span<std::byte> out, stop_token stop, outcome& to) {
  to.read = co_await f.read_at(0, out, stop);
  to.done = true;
}

task<bool> stop_while_reading(uring_file& f, std::span<std::byte> out, outcome& to) {
  stop_source source;
  task_scope scope;
  scope.spawn(read_into(f, out, source.token(), to));
  (void)co_await sleep_for(std::chrono::milliseconds(20));
  const bool was_waiting = !to.done;
  source.request_stop();
  co_await scope.join();
  co_return was_waiting;
}

}  // namespace

TEST_CASE("a read that waits in io_uring ends when it is asked to stop, and leaves the buffer alone") {
  const scratch_directory dir;
  REQUIRE(::mkfifo((dir / "p").c_str(), 0600) == 0);
  blocking_pool pool(1);
  const auto runs = value_of(make_loop(loop::kind::uring));
  auto f = value_of(uring_file::open(dir / "p", open_options().read().write(), pool));
  std::array<std::byte, 16> buffer{};
  outcome to;
  CHECK(sync_wait(*runs, stop_while_reading(f, buffer, to)));
  REQUIRE_FALSE(to.read.has_value());
  CHECK(to.read.error() == errc::cancelled);
  // What arrives later goes to whoever reads next.
  const descriptor writer(::open((dir / "p").c_str(), O_WRONLY | O_NONBLOCK));
  REQUIRE(::write(writer.get(), "later", 5) == 5);
  CHECK(buffer == std::array<std::byte, 16>{});
  CHECK(value_of(sync_wait(*runs, f.read_at(0, std::span(buffer).first(5)))) == 5);
}

TEST_CASE("what was stopped before it began does nothing") {
  const scratch_directory dir;
  dir.put("f", "0123456789");
  blocking_pool pool(1);
  stop_source source;
  source.request_stop();
  std::array<std::byte, 4> buffer{};
  const auto how = open_options().read().write();
  const auto check = [&](loop& runs, auto f) {
    CHECK(sync_wait(runs, f.read_at(0, buffer, source.token())).error() == errc::cancelled);
    CHECK(sync_wait(runs, f.write_at(0, buffer, source.token())).error() == errc::cancelled);
    dyn_file erased(std::move(f));
    CHECK(sync_wait(runs, erased.write_at(0, buffer, source.token())).error() == errc::cancelled);
  };
  const auto uring = value_of(make_loop(loop::kind::uring));
  const auto epoll = value_of(make_loop(loop::kind::epoll));
  check(*uring, value_of(uring_file::open(dir / "f", how, pool)));
  check(*epoll, value_of(pool_file::open(dir / "f", how, pool)));
  CHECK(dir.get("f") == "0123456789");
  CHECK(buffer == std::array<std::byte, 4>{});
}

TEST_CASE("offsets that mean something else to io_uring are past every end") {
  const scratch_directory dir;
  dir.put("f", "0123456789");
  blocking_pool pool(1);
  const auto runs = value_of(make_loop(loop::kind::uring));
  auto f = value_of(uring_file::open(dir / "f", open_options().read().write(), pool));
  std::array<std::byte, 16> buffer{};
  for (const std::uint64_t offset : {~std::uint64_t{0}, ~std::uint64_t{0} - 3, (std::uint64_t{1} << 63) - 3}) {
    CHECK(value_of(sync_wait(*runs, f.read_at(offset, buffer))) == 0);
    CHECK(sync_wait(*runs, f.write_at(offset, buffer)).error() == errc::too_large);
  }
  CHECK(dir.get("f") == "0123456789");
}

TEST_CASE("every mode of allocate over io_uring, on tmpfs too") {
  const std::string base = GENERATE(std::string("/tmp"), std::string("/dev/shm"));
  const scratch_directory dir(base);
  dir.put("f", std::string(16384, 'x'));
  blocking_pool pool(1);
  const auto runs = value_of(make_loop(loop::kind::uring));
  auto f = value_of(uring_file::open(dir / "f", open_options().read().write(), pool));
  value_of(sync_wait(*runs, f.allocate(allocate_mode::zero_keep, 4096, 65536)));
  CHECK(dir.get("f") == std::string(4096, 'x') + std::string(12288, '\0'));
  value_of(sync_wait(*runs, f.allocate(allocate_mode::zero, 0, 32768)));
  CHECK(dir.get("f") == std::string(32768, '\0'));
  value_of(sync_wait(*runs, f.allocate(allocate_mode::punch, 0, 4096)));
  value_of(sync_wait(*runs, f.allocate(allocate_mode::extend, 32768, 4096)));
  CHECK(dir.get("f").size() == 36864);
  CHECK(sync_wait(*runs, f.allocate(allocate_mode::extend, ~std::uint64_t{0}, 1)).error() == errc::too_large);
}

}  // namespace randomio::local::test
