#include <array>
#include <cstdlib>
#include <latch>

#include <randomio/core/io/dyn_random_io.hpp>
#include <randomio/core/runtime/task_scope.hpp>

#include "tests/backends/local/fixture.hpp"
#include "tests/backends/local/inline_await.hpp"
#include "tests/support/allocation_count.hpp"

namespace randomio::local::test {

namespace {

constexpr int operations = 500;
constexpr int pool_threads = 2;

/// How many allocations the reads and writes in the middle of this coroutine made, after some to warm up.
template <class Read, class Write>
task<std::size_t> count_allocations(Read& read_device, Write& write_device) {
  std::array<std::byte, 4096> buffer{};
  std::size_t before = 0;
  for (int i = 0; i < 2 * operations; ++i) {
    if (i == operations) before = allocations_everywhere();
    const auto offset = static_cast<std::uint64_t>(i % 7) * 100;
    const auto written = co_await write_device.write_at(offset, std::span<const std::byte>(buffer));
    const auto read = co_await read_device.read_at(offset, std::span<std::byte>(buffer));
    if (!written || !read || *read != buffer.size()) std::abort();
  }
  co_return allocations_everywhere() - before;
}

template <class File>
void check_all_ways(loop& runs, File f) {
  CHECK(sync_wait(runs, count_allocations(f, f)) == 0);
  dyn_read reads(f);
  dyn_write writes(f);
  CHECK(sync_wait(runs, count_allocations(reads, writes)) == 0);
  dyn_file erased(std::move(f));
  CHECK(sync_wait(runs, count_allocations(erased, erased)) == 0);
}

task<void> wait_for_all(blocking_pool& pool, std::latch& all) {
  co_await pool.run([&all] {
    all.arrive_and_wait();
    return true;
  });
}

/// A thread may allocate when it starts, which on a busy machine is late: not within a count.
task<void> start_threads(blocking_pool& pool) {
  std::latch all(pool_threads);
  task_scope waiting;
  for (int i = 0; i < pool_threads; ++i) waiting.spawn(wait_for_all(pool, all));
  co_await waiting.join();
}

}  // namespace

TEST_CASE("allocations are counted at all") {
  if (!counts_allocations) return;
  const std::size_t before = allocations_everywhere();
  ::operator delete(::operator new(1));
  const std::size_t after = allocations_everywhere();
  CHECK(after == before + 1);
}

TEST_CASE("reads and writes allocate nothing, static and erased") {
  const scratch_directory dir;
  const auto how = open_options().read().write().create();
  blocking_pool pool(pool_threads);
  const auto uring = value_of(make_loop(loop::kind::uring));
  const auto epoll = value_of(make_loop(loop::kind::epoll));
  sync_wait(*epoll, start_threads(pool));
  SECTION("over io_uring") {
    check_all_ways(*uring, value_of(uring_file::open(dir / "f", how, pool)));
  }
  SECTION("over a pool, on an epoll loop") {
    check_all_ways(*epoll, value_of(pool_file::open(dir / "f", how, pool)));
  }
  SECTION("over a pool, on an io_uring loop") {
    check_all_ways(*uring, value_of(pool_file::open(dir / "f", how, pool)));
  }
  SECTION("blocking") {
    check_all_ways(*epoll, value_of(sync_file::open(dir / "f", how)));
  }
}

}  // namespace randomio::local::test
