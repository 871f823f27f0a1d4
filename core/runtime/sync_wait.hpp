#pragma once

#include <condition_variable>
#include <coroutine>
#include <exception>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include <randomio/core/io/awaitable.hpp>
#include <randomio/core/runtime/invariant.hpp>
#include <randomio/core/runtime/loop.hpp>

namespace randomio {

namespace detail {

/// The coroutine that awaits on behalf of a thread, and tells it when it is done.
class sync_wait_driver {
 public:
  using finished_function = void (*)(void*) noexcept;

  class promise_type {
   public:
    sync_wait_driver get_return_object() noexcept {
      return sync_wait_driver(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    static std::suspend_always initial_suspend() noexcept { return {}; }
    static void return_void() noexcept {}
    static void unhandled_exception() noexcept { std::terminate(); }
    struct final_awaiter {
      static bool await_ready() noexcept { return false; }
      static void await_suspend(std::coroutine_handle<promise_type> h) noexcept {
        const auto& promise = h.promise();
        promise.finished_(promise.waiter_);
      }
      static void await_resume() noexcept {}
    };
    static final_awaiter final_suspend() noexcept { return {}; }

   private:
    friend class sync_wait_driver;
    finished_function finished_ = nullptr;
    void* waiter_ = nullptr;
  };

  sync_wait_driver(const sync_wait_driver&) = delete;
  sync_wait_driver& operator=(const sync_wait_driver&) = delete;
  ~sync_wait_driver() { handle_.destroy(); }

  void start(finished_function finished, void* waiter) const {
    handle_.promise().finished_ = finished;
    handle_.promise().waiter_ = waiter;
    handle_.resume();
  }

 private:
  explicit sync_wait_driver(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

template <class A, class R>
sync_wait_driver drive(A&& a, std::optional<R>& out) {
  out.emplace(co_await std::forward<A>(a));
}
template <class A>
sync_wait_driver drive(A&& a) {
  co_await std::forward<A>(a);
}

/// A thread that sleeps until the driver is done, wherever that is.
class sleeping_thread {
 public:
  void run(const sync_wait_driver& driver) {
    driver.start([](void* self) noexcept { static_cast<sleeping_thread*>(self)->finish(); }, this);
    std::unique_lock lock(mutex_);
    while (!done_) finished_.wait(lock);
  }

 private:
  void finish() noexcept {
    // Under the lock to its end: the thread that wakes up destroys all of this.
    const std::scoped_lock lock(mutex_);
    done_ = true;
    finished_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable finished_;
  bool done_ = false;
};

/// A thread that runs a loop until the driver, which starts on that loop, is done.
class looping_thread : private loop_work {
 public:
  explicit looping_thread(loop& runs) noexcept : loop_work(&looping_thread::start), loop_(runs) {}
  void run(const sync_wait_driver& driver) {
    driver_ = &driver;
    loop_.post(*this);
    loop_.run_until(done_);
  }

 private:
  static void start(loop_work& self) noexcept {
    auto& thread = static_cast<looping_thread&>(self);
    thread.driver_->start([](void* waiter) noexcept { static_cast<looping_thread*>(waiter)->finish(); }, &thread);
  }
  void finish() noexcept {
    if (loop::current() == &loop_) {
      done_ = true;
    } else {
      loop_.post(back_);
    }
  }
  struct way_back : loop_work {
    explicit way_back(bool& done) noexcept
        : loop_work([](loop_work& self) noexcept { static_cast<way_back&>(self).done_ = true; }), done_(done) {}
    bool& done_;
  };

  loop& loop_;
  const sync_wait_driver* driver_ = nullptr;
  bool done_ = false;
  way_back back_{done_};
};

template <class Thread, class A>
await_result_t<A> sync_wait_on(Thread&& thread, A&& a) {
  using R = await_result_t<A>;
  if constexpr (std::is_void_v<R>) {
    thread.run(drive(std::forward<A>(a)));
  } else {
    std::optional<R> out;
    thread.run(drive(std::forward<A>(a), out));
    return std::move(*out);
  }
}

}  // namespace detail

/// Awaits on a thread that runs no loop, which sleeps meanwhile.
///
/// Returns: what `co_await` would.
/// Threads: none that is inside a loop: it would never wake up.
template <awaitable A>
  requires(!std::is_reference_v<await_result_t<A>>)
await_result_t<A> sync_wait(A&& a) {
  detail::require(loop::current() == nullptr, "sync_wait would put a loop to sleep");
  return detail::sync_wait_on(detail::sleeping_thread(), std::forward<A>(a));
}

/// Awaits on `runs`, which this thread runs until the awaitable is done; the awaitable starts inside it.
///
/// Returns: what `co_await` would.
/// Threads: the one that runs the loop, outside of it.
template <awaitable A>
  requires(!std::is_reference_v<await_result_t<A>>)
await_result_t<A> sync_wait(loop& runs, A&& a) {
  detail::require(loop::current() != &runs, "sync_wait on a loop from inside it");
  return detail::sync_wait_on(detail::looping_thread(runs), std::forward<A>(a));
}

}  // namespace randomio
