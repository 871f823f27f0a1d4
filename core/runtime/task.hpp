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

class task_scope;

namespace detail {

/// Who is told that a spawned task is over, when its frame is already gone.
class task_owner {
 public:
  using finished_function = void (*)(task_owner&) noexcept;
  task_owner(const task_owner&) = delete;
  task_owner& operator=(const task_owner&) = delete;
  void finished() noexcept { finished_(*this); }

 protected:
  explicit task_owner(finished_function finished) noexcept : finished_(finished) {}
  ~task_owner() = default;

 private:
  finished_function finished_;
};

/// The hand-over between a task and its awaiter: whoever comes second continues. A task that finishes before
/// its awaiter has suspended is continued by returning `false` from `await_suspend`, never by resuming from
/// within, so a loop over ready operations does not grow the stack in any build.
class task_promise_base {
 public:
  static std::suspend_always initial_suspend() noexcept { return {}; }
  static void unhandled_exception() noexcept { std::terminate(); }  // No exception leaves a function of ours.

  struct final_awaiter {
    static bool await_ready() noexcept { return false; }
    // The task counts as suspended here, so others may destroy its frame as soon as the exchange has happened:
    // what is needed of it is read before.
    template <class P>
    static void await_suspend(std::coroutine_handle<P> h) noexcept {
      task_promise_base& promise = h.promise();
      void* const waiter = promise.waiter_;
      switch (promise.state_.exchange(state::finished, std::memory_order_acq_rel)) {
        case state::awaited: std::coroutine_handle<>::from_address(waiter).resume(); return;
        case state::spawned:
          h.destroy();
          static_cast<task_owner*>(waiter)->finished();
          return;
        case state::running:
        case state::finished: return;
      }
    }
    static void await_resume() noexcept {}
  };
  static final_awaiter final_suspend() noexcept { return {}; }

  /// Starts the task. Returns: true when it is still running and `continuation` will be resumed.
  template <class P>
  static bool start(std::coroutine_handle<P> own, std::coroutine_handle<> continuation) noexcept {
    task_promise_base& promise = own.promise();
    promise.waiter_ = continuation.address();
    own.resume();
    return promise.state_.exchange(state::awaited, std::memory_order_acq_rel) != state::finished;
  }

  /// Starts the task, which from now on owns itself, and tells `owner` when it is over.
  template <class P>
  static void spawn(std::coroutine_handle<P> own, task_owner& owner) noexcept {
    task_promise_base& promise = own.promise();
    promise.waiter_ = &owner;
    promise.state_.store(state::spawned, std::memory_order_relaxed);
    own.resume();
  }

 private:
  enum class state : unsigned char { running, awaited, spawned, finished };
  void* waiter_ = nullptr;  // The awaiting coroutine, or the owner.
  std::atomic<state> state_{state::running};
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
  friend class task_scope;
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
