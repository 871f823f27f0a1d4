#include <randomio/core/runtime/sleep.hpp>

#include <chrono>
#include <thread>

#include <catch2/catch.hpp>

#include <randomio/core/runtime/sync_wait.hpp>
#include <randomio/core/runtime/task.hpp>
#include <randomio/core/runtime/task_scope.hpp>

#include "each_loop.hpp"
#include "seed.hpp"
#include "tests/support/allocation_count.hpp"

using namespace randomio;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

task<void> note(std::chrono::nanoseconds duration, stop_token stop, int& slept, int& cancelled) {
  const auto woken = co_await sleep_for(duration, stop);
  ++(woken ? slept : cancelled);
}
task<void> many(std::chrono::nanoseconds step, int count, stop_token stop, int& slept, int& cancelled) {
  task_scope scope;
  for (int i = 0; i < count; ++i) scope.spawn(note(step * i, stop, slept, cancelled));
  co_await scope.join();
}
task<std::size_t> allocations_of_sleeps(int count) {
  const auto before = allocations_here();
  for (int i = 0; i < count; ++i) static_cast<void>(co_await sleep_for(1us));
  co_return allocations_here() - before;
}

}  // namespace

TEST_CASE("a sleep lasts as long as asked") {
  auto loop = require_loop(each_kind());
  const auto begun = steady::now();
  REQUIRE(sync_wait(*loop, sleep_for(15ms)));
  REQUIRE(steady::now() - begun >= 15ms);
  REQUIRE(sync_wait(*loop, sleep_for(0ms)));
  REQUIRE(sync_wait(*loop, sleep_for(-1s)));
}

TEST_CASE("a stop from another thread ends a sleep, and one that came first keeps it from starting") {
  auto loop = require_loop(each_kind());
  stop_source stop;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(5ms);
    stop.request_stop();
  });
  const auto begun = steady::now();
  auto slept = sync_wait(*loop, sleep_for(1h, stop.token()));
  REQUIRE_FALSE(slept);
  REQUIRE(slept.error() == errc::cancelled);
  slept = sync_wait(*loop, sleep_for(1h, stop.token()));
  REQUIRE_FALSE(slept);
  REQUIRE(steady::now() - begun < 1min);
}

TEST_CASE("stop races with expiry: every sleep ends once") {
  seeded random;
  INFO(random.text());
  auto loop = require_loop(each_kind());
  for (int round = 0; round < 200; ++round) {
    stop_source stop;
    const auto after = std::chrono::microseconds(random.below(600));
    std::jthread stopper([&] {
      for (const auto until = steady::now() + after; steady::now() < until;) {
      }
      stop.request_stop();
    });
    int slept = 0;
    int cancelled = 0;
    sync_wait(*loop, many(10us, 50, stop.token(), slept, cancelled));
    REQUIRE(slept + cancelled == 50);
  }
}

TEST_CASE("a sleep allocates nothing") {
  auto loop = require_loop(each_kind());
  REQUIRE(sync_wait(*loop, allocations_of_sleeps(200)) == 0);
}
