#include <randomio/core/runtime/blocking_pool.hpp>

#include <atomic>
#include <chrono>
#include <thread>

#include <catch2/catch.hpp>

#include <randomio/core/runtime/sync_wait.hpp>
#include <randomio/core/runtime/task.hpp>
#include <randomio/core/runtime/task_scope.hpp>

#include "each_loop.hpp"
#include "tests/support/allocation_count.hpp"

using namespace randomio;
using namespace std::chrono_literals;

namespace {

task<void> add(blocking_pool& pool, std::atomic<long>& sum, int count) {
  for (int i = 0; i < count; ++i) sum += co_await pool.run([] { return 1; });
}

task<void> many(blocking_pool& pool, std::atomic<long>& sum, int tasks, int each) {
  task_scope scope;
  for (int i = 0; i < tasks; ++i) scope.spawn(add(pool, sum, each));
  co_await scope.join();
}

task<std::size_t> allocations_of(blocking_pool& pool, int count) {
  co_await pool.run([] { return 0; });
  const auto before = allocations_here();
  for (int i = 0; i < count; ++i) co_await pool.run([i] { return i; });
  co_return allocations_here() - before;
}

/// Stays until `at_once` have been inside together, however late the machine runs them; a little longer, for one too
/// many.
task<void> be_inside(blocking_pool& pool, std::atomic<int>& inside, std::atomic<int>& most, int at_once) {
  co_await pool.run([&inside, &most, at_once] {
    const int now = ++inside;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    const auto last = std::chrono::steady_clock::now() + 10s;
    do {
      std::this_thread::sleep_for(1ms);
    } while (most < at_once && std::chrono::steady_clock::now() < last);
    return --inside;
  });
}

task<void> crowd(blocking_pool& pool, std::atomic<int>& inside, std::atomic<int>& most, int at_once) {
  task_scope scope;
  for (int i = 0; i < 40; ++i) scope.spawn(be_inside(pool, inside, most, at_once));
  co_await scope.join();
}

}  // namespace

TEST_CASE("a hundred thousand operations from many tasks all complete") {
  blocking_pool pool(4);
  std::atomic<long> sum = 0;
  SECTION("on a loop") {
    auto loop = require_loop(each_kind());
    sync_wait(*loop, many(pool, sum, 100, 500));
    REQUIRE(sum == 50'000);
  }
  SECTION("on the pool's own threads") {
    sync_wait(many(pool, sum, 100, 1'000));
    REQUIRE(sum == 100'000);
  }
}

TEST_CASE("an operation on the pool allocates nothing") {
  blocking_pool pool(1);
  auto loop = require_loop(each_kind());
  REQUIRE(sync_wait(*loop, allocations_of(pool, 1'000)) == 0);
}

TEST_CASE("a pool runs as many calls at once as it may, and no more") {
  blocking_pool pool(3);
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  auto loop = require_loop(each_kind());
  sync_wait(*loop, crowd(pool, inside, most, 3));
  REQUIRE(inside == 0);
  REQUIRE(most == 3);
}

TEST_CASE("a pool that was never used ends") {
  blocking_pool pool(8);
  SUCCEED();
}
