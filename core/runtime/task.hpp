#pragma once

#include <atomic>
#include <cassert>
#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace randomio {

template <class T = void>
class task;

namespace detail {

/// The hand-over between a task and its awaiter: whoever comes second continues. A task that finishes before
/// its awaiter has suspended is continued by returning `false` from `await_suspend`, never by resuming from
/// within, so a loop over ready operations does not grow the stack in any build.
class task_promise_base {
 public:
  static std::suspend_always initial_suspend() noexcept { return {}; }
  static void unhandled_exception() noexcept { std::terminate(); }  // No exception leaves a function of ours.

  struct final_awaiter {
    static bool await_ready() noexcept { return false; }
    template <class P>
    static void await_suspend(std::coroutine_handle<P> h) noexcept {
      task_promise_base& promise = h.promise();
      // Once the exchange says that the awaiter has gone to sleep, it owns this frame again.
      auto continuation = promise.continuation_;
      if (promise.state_.exchange(state::finished, std::memory_order_acq_rel) == state::awaited) continuation.resume();
    }
    static void await_resume() noexcept {}
  };
  static final_awaiter final_suspend() noexcept { return {}; }

  /// Starts the task. Returns: true when it is still running and `continuation` will be resumed.
  template <class P>
  static bool start(std::coroutine_handle<P> own, std::coroutine_handle<> continuation) noexcept {
    task_promise_base& promise = own.promise();
    promise.continuation_ = continuation;
    own.resume();
    return promise.state_.exchange(state::awaited, std::memory_order_acq_rel) != state::finished;
  }

 private:
  enum class state : unsigned char { running, awaited, finished };
  std::atomic<state> state_{state::running};
  std::coroutine_handle<> continuation_;
};

template <class T>
class task_promise : public task_promise_base {
 public:
  task<T> get_return_object() noexcept;
  template <class U>
    requires std::convertible_to<U, T>
  void return_value(U&& value) noexcept(std::is_nothrow_constructible_v<T, U>) {
    value_.emplace(std::forward<U>(value));
  }
  T take() noexcept(std::is_nothrow_move_constructible_v<T>) {
    assert(value_.has_value());
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class task_promise<void> : public task_promise_base {
 public:
  task<void> get_return_object() noexcept;
  static void return_void() noexcept {}
  static void take() noexcept {}
};

}  // namespace detail

/// A coroutine that starts when it is awaited, or spawned in a `task_scope`, and not before. Move-only; a
/// task that is dropped without being awaited has done nothing. There is no way to detach one.
///
/// Borrows: arguments taken by reference, until it completes: legal only when the caller awaits it.
/// Threads: resumes wherever the operation it waits for completes; on this project's loops, that is the
///          thread that awaits.
template <class T>
class [[nodiscard("a task does nothing until it is awaited or spawned")]] task {
 public:
  using promise_type = detail::task_promise<T>;

  task(task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  task& operator=(task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~task() {
    if (handle_) handle_.destroy();
  }

  // A task is its own awaiter: awaiting costs no object beside it.
  static bool await_ready() noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> continuation) noexcept {
    return promise_type::start(handle_, continuation);
  }
  T await_resume() noexcept(std::is_void_v<T> || std::is_nothrow_move_constructible_v<T>) {
    return handle_.promise().take();
  }

 private:
  friend promise_type;
  explicit task(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}

  std::coroutine_handle<promise_type> handle_;
};

namespace detail {

template <class T>
task<T> task_promise<T>::get_return_object() noexcept {
  return task<T>(std::coroutine_handle<task_promise>::from_promise(*this));
}
inline task<void> task_promise<void>::get_return_object() noexcept {
  return task<void>(std::coroutine_handle<task_promise>::from_promise(*this));
}

}  // namespace detail

}  // namespace randomio
