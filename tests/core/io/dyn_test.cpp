#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/io.hpp>
#include <randomio/memory.hpp>

#include "tests/core/io/awaiting.hpp"
#include "tests/core/io/pumped_device.hpp"

using namespace randomio;

namespace {

template <class A>
auto now(A&& operation) {
  REQUIRE(operation.await_ready());
  return operation.await_resume();
}

/// An awaiter larger than the scratch, which counts its lives.
struct large_awaiter {
  explicit large_awaiter(int& alive) : alive_(alive) { ++alive_; }
  large_awaiter(const large_awaiter&) = delete;
  large_awaiter& operator=(const large_awaiter&) = delete;
  ~large_awaiter() { --alive_; }
  static bool await_ready() { return false; }
  bool await_suspend(std::coroutine_handle<>) { return false; }
  int await_resume() const { return static_cast<int>(padding_.size()); }
  int& alive_;
  std::array<char, 4096> padding_{};
};

/// Something awaitable only through a free operator.
struct indirect {
  int value;
};
struct indirect_awaiter {
  int value;
  static bool await_ready() { return false; }
  static std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) { return h; }
  int await_resume() const { return value; }
};
indirect_awaiter operator co_await(indirect i) {
  return {i.value};
}

/// A file of another backend than memory.
struct foreign_file {
  template <class T>
  static ready_op<result<T>> none() {
    return fail(errc::unsupported);
  }
  static auto read_at(std::uint64_t, std::span<std::byte>) { return none<std::size_t>(); }
  static auto write_at(std::uint64_t, std::span<const std::byte>) { return none<void>(); }
  static auto flush() { return none<void>(); }
  static auto append(std::span<const std::byte>) { return none<std::uint64_t>(); }
  static auto sync(bool = false) { return none<void>(); }
  static auto stat() { return none<attributes>(); }
  static auto set_attributes(const attribute_change&) { return none<attributes>(); }
  static auto allocate(allocate_mode, std::uint64_t, std::uint64_t) { return none<void>(); }
  static auto seek(std::uint64_t, seek_target) { return none<std::uint64_t>(); }
  static auto close() { return none<void>(); }
};

}  // namespace

// Erased values model what they erase, and are as cheap to hand around as a pointer and a table.
static_assert(async_random_read<dyn_read> && async_random_write<dyn_write> && seekable<dyn_seek>);
static_assert(file<dyn_file> && filesystem<dyn_fs> && listing<dyn_listing>);
static_assert(sizeof(dyn_read) == 2 * sizeof(void*) && sizeof(dyn_seek) == 2 * sizeof(void*));
static_assert(std::is_trivially_copyable_v<dyn_read> && std::is_trivially_copyable_v<dyn_write>);
static_assert(!async_random_read<int> && !async_random_write<dyn_read>);
static_assert(awaitable<indirect> && awaitable_of<indirect, int> && !awaitable<int>);

TEST_CASE("dyn_op: in scratch, on the heap, through operator co_await, all destroyed once") {
  int alive = 0;
  static_assert(!dyn_op<int>::fits<large_awaiter>);
  static_assert(dyn_op<int>::fits<indirect>);
  int got = 0;
  start([&] { return dyn_op<int>([&] { return large_awaiter(alive); }); }, [&](int v) { got = v; });
  CHECK(got == 4096);
  CHECK(alive == 0);
  start([&] { return dyn_op<int>([&] { return indirect{7}; }); }, [&](int v) { got = v; });
  CHECK(got == 7);
  {
    const dyn_op<int> dropped([&] { return large_awaiter(alive); });
    CHECK(alive == 1);
  }
  CHECK(alive == 0);
  const dyn_op<std::string> ready([] { return ready_op<std::string>(std::string(100, 'x')); });
}

TEST_CASE("dyn_read and dyn_write: one device under both names") {
  memory::device device;
  dyn_write writer(device);
  dyn_read reader(device);
  const std::string text = "erased";
  REQUIRE(now(writer.write_at(3, text)));
  REQUIRE(now(writer.flush()));
  REQUIRE(now(writer.sync()));
  std::string out(6, ' ');
  CHECK(now(reader.read_at(3, out)) == 6U);
  CHECK(out == text);
  const dyn_read copy = reader;  // Two words.
  CHECK(now(copy.read_at(0, out)) == 6U);
  CHECK(reader.target<memory::device>() == &device);
  CHECK(reader.target<memory::file>() == nullptr);
  CHECK(writer.target<memory::device>() == &device);
}

TEST_CASE("dyn twins: what takes a device takes an erased one, and the other way round") {
  memory::device device;
  dyn_write writer(device);
  dyn_read reader(device);
  const std::string text = "both ways";
  const auto generic = [](async_random_read auto& d, std::span<std::byte> out) {
    return read_exact_at(d, 0, out).await_resume();
  };
  REQUIRE(now(randomio::write_at(writer, 0, text, {})));
  std::vector<std::byte> out(text.size());
  start([&] { return read_exact_at(reader, 0, out); }, [](result<void> r) { CHECK(r.has_value()); });
  CHECK(std::ranges::equal(out, bytes_of(text)));
  CHECK(generic(device, out).has_value());
  cursor erased_cursor(reader);
  dyn_seek position(erased_cursor);
  position.seek_to(5);
  CHECK(erased_cursor.position() == 5);
}

TEST_CASE("dyn_read: a pending operation suspends and completes once") {
  pumped_device device;
  device.turns_per_operation = 3;
  dyn_write writer(device);
  const std::string text = "later";
  int completed = 0;
  start([&] { return writer.write_at(0, text); },
        [&](result<void> r) {
          CHECK(r.has_value());
          ++completed;
        });
  CHECK(completed == 0);
  for (int i = 0; i < 3; ++i) device.pump();
  CHECK(completed == 0);
  device.pump();
  CHECK(completed == 1);
  CHECK_FALSE(device.pump());
  CHECK_FALSE(device.destroyed_in_flight);
}

TEST_CASE("dyn_read: stop tokens reach the device within") {
  pumped_device device;
  device.turns_per_operation = 100;
  dyn_read reader(device);
  std::string out(4, ' ');
  stop_source source;
  std::string outcome;
  start([&] { return reader.read_at(0, out, source.token()); },
        [&](result<std::size_t> r) { outcome = r ? "read" : std::string(name(r.error().code())); });
  device.pump();
  CHECK(outcome.empty());
  source.request_stop();
  device.pump();
  CHECK(outcome == "cancelled");
}

TEST_CASE("dyn_fs and dyn_file: identity and targets survive erasure") {
  auto fs = std::make_shared<memory::filesystem>();
  dyn_fs erased(fs);
  const auto root = erased.root();
  auto f = *now(erased.open(*root, "f", open_options().read().write().create()));
  CHECK(f.target<memory::file>() != nullptr);
  CHECK(f.target<foreign_file>() == nullptr);
  CHECK(erased.target<memory::filesystem>() == fs);
  CHECK(now(erased.entry_of(f))->node == now(erased.lookup(*root, "f"))->node);
  const std::string text = "through two erasures";
  dyn_write writer(f);
  dyn_read reader(f);
  REQUIRE(now(writer.write_at(0, text)));
  REQUIRE(now(writer.sync()));
  std::string out(text.size(), ' ');
  CHECK(now(reader.read_at(0, out)) == text.size());
  CHECK(out == text);
  CHECK(reader.target<dyn_file>() == &f);
  const dyn_fs copy = erased;
  CHECK(copy.target<memory::filesystem>() == fs);

  dyn_file foreign{foreign_file()};
  CHECK(now(erased.entry_of(foreign)).error() == errc::cross_device);
  CHECK(now(erased.copy_range(f, 0, foreign, 0, 1)).error() == errc::cross_device);
}
