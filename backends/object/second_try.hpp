#pragma once

#include <algorithm>
#include <chrono>
#include <random>

#include <randomio/core/runtime/loop.hpp>
#include <randomio/core/runtime/sleep.hpp>
#include <randomio/core/runtime/task.hpp>

namespace randomio::object {

/// How often a change is sent of which nobody said what became of it, when the store shows each time that it has not
/// taken place. Its condition, or its own mark, keeps it from taking place twice should an earlier one arrive late.
inline constexpr unsigned unanswered_max = 8;

/// Waits before the next attempt of what lost a race or was not answered, up to 256 ms: with full jitter, so that those
/// who lost one race do not meet again in the next.
[[nodiscard]] inline task<void> pause_before(unsigned attempt) {
  if (loop::current() == nullptr) co_return;
  thread_local std::minstd_rand random{std::random_device{}()};
  const auto most = std::chrono::milliseconds(1) * (1U << std::min(attempt, 8U));
  std::uniform_int_distribution<std::int64_t> some(0, std::chrono::nanoseconds(most).count());
  static_cast<void>(co_await sleep_for(std::chrono::nanoseconds(some(random))));
}

}  // namespace randomio::object
