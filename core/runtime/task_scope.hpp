#pragma once

#include <atomic>
#include <coroutine>
#include <cstddef>
#include <utility>

#include <randomio/core/io/stop.hpp>
#include <randomio/core/runtime/invariant.hpp>
#include <randomio/core/runtime/loop.hpp>
#include <randomio/core/runtime/task.hpp>

namespace randomio {

/// Tasks that run beside the code that started them, and are over before the scope is:
///
///   task_scope scope;
///   scope.spawn(serve(connection));
///   co_await scope.join();
///
/// Spawning costs nothing beside the task's own frame, which is gone before `join` returns.
///
/// Threads: tasks may complete on any. Before `join` is awaited one thread at a time spawns; meanwhile only
///          the scope's own tasks may, on any thread.
class task_scope : private detail::task_owner {
 public:
  class join_operation;

  task_scope() noexcept : task_owner(&task_scope::finished) {}
  task_scope(const task_scope&) = delete;
  task_scope& operator=(const task_scope&) = delete;
  /// Must have been joined since the last spawn.
  ~task_scope() { detail::require(joined_.load(std::memory_order_relaxed), "a task_scope ends without join"); }

  /// Runs the task on this thread until it first suspends, and owns it from then on.
  void spawn(task<void> work) noexcept {
    joined_.store(false, std::memory_order_relaxed);
    running_.fetch_add(1, std::memory_order_relaxed);
    task<void>::promise_type::spawn(std::exchange(work.handle_, nullptr), *this);
  }

  /// Awaits the end of all tasks, also of those that they spawn; then the scope may be used again. Resumes on
  /// the awaiting loop, or, without one, where the last task ended.
  [[nodiscard]] join_operation join() noexcept;

  /// A token for the tasks, and the request to stop for all that listen to it. Threads: any.
  [[nodiscard]] stop_token token() noexcept { return stop_.token(); }
  void request_stop() noexcept { stop_.request_stop(); }

 private:
  static void finished(task_owner& self) noexcept;

  std::atomic<std::size_t> running_{1};  // One is the scope itself, until somebody joins.
  std::atomic<bool> joined_{true};
  join_operation* joiner_ = nullptr;
  stop_source stop_;
};

/// What `join` returns; lives in the awaiting frame.
class [[nodiscard]] task_scope::join_operation : private loop_work {
 public:
  explicit join_operation(task_scope& scope) noexcept : loop_work(&join_operation::resume), scope_(scope) {}

  [[nodiscard]] static bool await_ready() noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> h) noexcept {
    waiting_ = h;
    home_ = loop::current();
    detail::require(std::exchange(scope_.joiner_, this) == nullptr, "a task_scope is joined twice at once");
    return scope_.running_.fetch_sub(1, std::memory_order_acq_rel) != 1;
  }
  void await_resume() const noexcept {
    scope_.joiner_ = nullptr;
    scope_.running_.store(1, std::memory_order_relaxed);
    scope_.joined_.store(true, std::memory_order_relaxed);
  }

 private:
  friend class task_scope;
  static void resume(loop_work& self) noexcept { static_cast<join_operation&>(self).waiting_.resume(); }
  void arrive() noexcept {
    if (home_ == nullptr || home_ == loop::current()) {
      waiting_.resume();
    } else {
      home_->post(*this);
    }
  }

  task_scope& scope_;
  std::coroutine_handle<> waiting_;
  loop* home_ = nullptr;
};

inline task_scope::join_operation task_scope::join() noexcept {
  return join_operation(*this);
}

// Only the last one may touch the scope after its decrement: the joiner may end it.
inline void task_scope::finished(task_owner& self) noexcept {
  auto& scope = static_cast<task_scope&>(self);
  if (scope.running_.fetch_sub(1, std::memory_order_acq_rel) == 1) scope.joiner_->arrive();
}

}  // namespace randomio
