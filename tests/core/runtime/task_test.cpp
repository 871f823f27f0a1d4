#include <randomio/core/runtime/task.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include <randomio/core/io/awaitable.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

using namespace randomio;

static_assert(awaiter<task<int>>, "a task is its own awaiter");
static_assert(!std::is_copy_constructible_v<task<int>>);

namespace {

task<int> note_start(bool& started) {
  started = true;
  co_return 7;
}

/// Where the stack stands when this runs.
task<std::uintptr_t> stack_position() {
  // Not a variable's address: AddressSanitizer may move variables off the stack.
  co_return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
}

task<std::uintptr_t> stack_growth(int awaits) {
  std::uintptr_t low = co_await stack_position();
  std::uintptr_t high = low;
  for (int i = 0; i < awaits; ++i) {
    const auto at = co_await stack_position();
    low = std::min(low, at);
    high = std::max(high, at);
  }
  co_return high - low;
}

task<int> on_pool(blocking_pool& pool, int value) {
  co_return co_await pool.run([value] { return value + 1; });
}
// Nothing to wait for beside the pool, so that the task's end on the pool's thread races with the return of
// its start on this one.
task<int> chain(blocking_pool& pool, int length) {
  int value = 0;
  for (int i = 0; i < length; ++i) value = co_await on_pool(pool, value);
  co_return value;
}

task<std::string> deep(int depth) {
  if (depth == 0) co_return "end";
  co_return co_await deep(depth - 1) + ".";
}

}  // namespace

TEST_CASE("a task starts when it is awaited, and a dropped one does nothing") {
  bool started = false;
  {
    auto dropped = note_start(started);
  }
  REQUIRE_FALSE(started);
  auto work = note_start(started);
  REQUIRE_FALSE(started);
  REQUIRE(sync_wait(std::move(work)) == 7);
  REQUIRE(started);
}

TEST_CASE("a task hands over move-only values") {
  struct code {
    static task<std::unique_ptr<int>> make() { co_return std::make_unique<int>(3); }
  };
  REQUIRE(*sync_wait(code::make()) == 3);
}

TEST_CASE("tasks await tasks") {
  REQUIRE(sync_wait(deep(20)) == "end" + std::string(20, '.'));
}

TEST_CASE("a million awaits of a complete task do not grow the stack") {
  REQUIRE(sync_wait(stack_growth(1'000'000)) < 1'000);  // Bytes: the two places of the call differ.
}

TEST_CASE("tasks that end on another thread while they start here hand over once") {
  blocking_pool pool(4);
  for (int i = 0; i < 20; ++i) REQUIRE(sync_wait(chain(pool, 500)) == 500);
}
