#include <randomio/core/runtime/gate.hpp>

#include <chrono>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/core/runtime/blocking_pool.hpp>
#include <randomio/core/runtime/sleep.hpp>
#include <randomio/core/runtime/sync_wait.hpp>
#include <randomio/core/runtime/task.hpp>
#include <randomio/core/runtime/task_scope.hpp>

#include "each_loop.hpp"
#include "tests/support/allocation_count.hpp"

using namespace randomio;
using namespace std::chrono_literals;

namespace {

task<void> enter_in_turn(async_gate& gate, int index, std::vector<int>& order) {
  auto guard = co_await gate.lock();
  order.push_back(index);
  static_cast<void>(co_await sleep_for(100us));
}
task<void> queue_up(async_gate& gate, std::vector<int>& order) {
  task_scope scope;
  for (int i = 0; i < 20; ++i) scope.spawn(enter_in_turn(gate, i, order));
  co_await scope.join();
}

/// Adds to a plain integer, which only the gate protects, from whichever loop this runs on.
task<void> add_inside(async_gate& gate, blocking_pool& pool, long& sum, int count) {
  for (int i = 0; i < count; ++i) {
    auto* home = loop::current();
    auto guard = co_await gate.lock();
    detail::require(loop::current() == home, "resumed on another loop");
    const long seen = sum;
    if (i % 16 == 0) co_await pool.run([] { return 0; });  // Held across a suspension.
    sum = seen + 1;
  }
}
task<void> add_inside_from_many(async_gate& gate, blocking_pool& pool, long& sum, int tasks, int each) {
  task_scope scope;
  for (int i = 0; i < tasks; ++i) scope.spawn(add_inside(gate, pool, sum, each));
  co_await scope.join();
}

task<std::size_t> allocations_of_locks(async_gate& gate, int count) {
  const auto before = allocations_here();
  for (int i = 0; i < count; ++i) auto guard = co_await gate.lock();
  co_return allocations_here() - before;
}

}  // namespace

static_assert(sizeof(async_gate) == 2 * sizeof(void*));

TEST_CASE("an open gate lets in at once; try_lock never waits") {
  async_gate gate;
  auto inside = sync_wait(gate.lock());
  REQUIRE(inside.owns_lock());
  REQUIRE_FALSE(gate.try_lock().owns_lock());
  inside.unlock();
  REQUIRE(gate.try_lock().owns_lock());
  REQUIRE(gate.try_lock().owns_lock());
}

TEST_CASE("a gate lets in one after another, in order of arrival") {
  auto loop = require_loop(each_kind());
  async_gate gate;
  std::vector<int> order;
  sync_wait(*loop, queue_up(gate, order));
  REQUIRE(order.size() == 20);
  REQUIRE(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("one is inside at a time, with waiters on three loops") {
  async_gate gate;
  blocking_pool pool(2);
  long sum = 0;
  std::vector<std::jthread> threads;
  for (const auto kind : {loop::kind::uring, loop::kind::epoll, loop::kind::epoll}) {
    threads.emplace_back([&, kind] {
      auto loop = make_loop(kind);
      detail::require(loop.has_value(), "no loop");
      sync_wait(**loop, add_inside_from_many(gate, pool, sum, 8, 500));
    });
  }
  threads.clear();
  REQUIRE(sum == 3 * 8 * 500);
}

TEST_CASE("one is inside at a time, with waiters on no loop") {
  async_gate gate;
  blocking_pool pool(2);
  long sum = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] { sync_wait(add_inside_from_many(gate, pool, sum, 8, 500)); });
  }
  threads.clear();
  REQUIRE(sum == 3 * 8 * 500);
}

TEST_CASE("a lock allocates nothing") {
  auto loop = require_loop(each_kind());
  async_gate gate;
  REQUIRE(sync_wait(*loop, allocations_of_locks(gate, 1'000)) == 0);
}
