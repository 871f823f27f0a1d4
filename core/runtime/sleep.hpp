#pragma once

#include <chrono>
#include <coroutine>

#include <randomio/core/io/error.hpp>
#include <randomio/core/runtime/invariant.hpp>
#include <randomio/core/runtime/stop_relay.hpp>
#include <randomio/core/runtime/timer_queue.hpp>

namespace randomio {

/// Waits on the current loop: `co_await sleep_for(10ms, stop)`. Not at all, when there is nothing to wait for.
/// Allocates nothing.
///
/// Errors:  cancelled, when stop is requested before the time is over.
/// Threads: awaited, and resumed, on a loop's thread; stop may be requested anywhere.
class [[nodiscard]] sleep_for : private timer, private stop_relay {
 public:
  explicit sleep_for(std::chrono::nanoseconds duration, stop_token stop = {}) noexcept
      : timer(&sleep_for::expired),
        stop_relay(stop, &sleep_for::stopped),
        duration_(duration),
        cancelled_(stop.stop_requested()) {}

  [[nodiscard]] bool await_ready() const noexcept { return cancelled_ || duration_.count() <= 0; }
  void await_suspend(std::coroutine_handle<> h) noexcept {
    auto* running = loop::current();
    detail::require(running != nullptr, "a sleep is awaited outside of a loop");
    waiting_ = h;
    running->timers().add(*this, clock::now() + duration_);
    arm(*running);
  }
  [[nodiscard]] result<void> await_resume() const noexcept {
    if (cancelled_) return fail(errc::cancelled);
    return {};
  }

 private:
  static void expired(timer& self) noexcept {
    auto& sleep = static_cast<sleep_for&>(self);
    sleep.expired_ = true;
    if (!sleep.disarm()) sleep.waiting_.resume();
  }
  static void stopped(loop_work& self) noexcept {
    auto& sleep = static_cast<sleep_for&>(self);
    if (!sleep.expired_) {
      static_cast<void>(sleep.disarm());
      sleep.cancelled_ = true;
      sleep.home().timers().remove(sleep);
    }
    sleep.waiting_.resume();
  }

  std::chrono::nanoseconds duration_;
  std::coroutine_handle<> waiting_;
  bool cancelled_;
  bool expired_ = false;
};

}  // namespace randomio
