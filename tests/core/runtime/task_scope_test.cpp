#include <randomio/core/runtime/task_scope.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>

#include <catch2/catch.hpp>

#include <randomio/core/runtime/blocking_pool.hpp>
#include <randomio/core/runtime/sleep.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

#include "each_loop.hpp"
#include "tests/support/allocation_count.hpp"

using namespace randomio;
using namespace std::chrono_literals;

namespace {

task<void> set(bool& flag) {
  flag = true;
  co_return;
}
task<void> count_down(std::shared_ptr<int> owned, std::atomic<int>& left, blocking_pool& pool) {
  co_await pool.run([owned] { return *owned; });
  --left;
}
task<void> sleep_long(stop_token stop, int& cancelled) {
  if (!co_await sleep_for(1h, stop)) ++cancelled;
}
task<void> grow(task_scope& scope, int depth, std::atomic<int>& count, blocking_pool& pool) {
  ++count;
  co_await pool.run([] { return 0; });
  if (depth == 0) co_return;
  scope.spawn(grow(scope, depth - 1, count, pool));
  scope.spawn(grow(scope, depth - 1, count, pool));
}

}  // namespace

TEST_CASE("spawn starts at once, on this thread") {
  struct code {
    static task<bool> run() {
      bool started = false;
      task_scope scope;
      scope.spawn(set(started));
      const bool at_once = started;
      co_await scope.join();
      co_return at_once;
    }
  };
  REQUIRE(sync_wait(code::run()));
}

TEST_CASE("join waits for tasks that end on other threads, and their frames are gone by then") {
  struct code {
    static task<long> run(blocking_pool& pool, std::atomic<int>& left) {
      auto owned = std::make_shared<int>(5);
      task_scope scope;
      for (int i = 0; i < 1'000; ++i) scope.spawn(count_down(owned, left, pool));
      auto* home = loop::current();
      co_await scope.join();
      detail::require(loop::current() == home, "joined on another loop");
      co_return owned.use_count();
    }
  };
  blocking_pool pool(4);
  std::atomic<int> left = 1'000;
  SECTION("from a loop") {
    auto loop = require_loop(each_kind());
    REQUIRE(sync_wait(*loop, code::run(pool, left)) == 1);
  }
  SECTION("from no loop") {
    for (int i = 0; i < 10; ++i) {
      left = 1'000;
      REQUIRE(sync_wait(code::run(pool, left)) == 1);
    }
  }
  REQUIRE(left == 0);
}

TEST_CASE("tasks may spawn into their scope while it is joined; it may be used again") {
  struct code {
    static task<void> run(blocking_pool& pool, std::atomic<int>& count) {
      task_scope scope;
      for (int i = 0; i < 2; ++i) {
        scope.spawn(grow(scope, 8, count, pool));
        co_await scope.join();
      }
      co_await scope.join();
    }
  };
  blocking_pool pool(4);
  std::atomic<int> count = 0;
  sync_wait(code::run(pool, count));
  REQUIRE(count == 2 * 511);
}

TEST_CASE("request_stop reaches every task that listens") {
  struct code {
    static task<int> run() {
      int cancelled = 0;
      task_scope scope;
      for (int i = 0; i < 100; ++i) scope.spawn(sleep_long(scope.token(), cancelled));
      scope.request_stop();
      co_await scope.join();
      co_return cancelled;
    }
  };
  auto loop = require_loop(each_kind());
  REQUIRE(sync_wait(*loop, code::run()) == 100);
}

TEST_CASE("spawning costs the task's frame and nothing else") {
  struct code {
    static task<std::size_t> run() {
      bool flag = false;
      task_scope scope;
      const auto before = allocations_here();
      for (int i = 0; i < 100; ++i) scope.spawn(set(flag));
      const auto made = allocations_here() - before;
      co_await scope.join();
      co_return made;
    }
  };
  REQUIRE(sync_wait(code::run()) <= 100);
}

TEST_CASE("a scope that ends without join ends the program") {
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    bool flag = false;
    {
      task_scope scope;
      scope.spawn(set(flag));
    }
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE_FALSE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
}
