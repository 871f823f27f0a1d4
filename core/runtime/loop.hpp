#pragma once

#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <memory>

#include <randomio/core/io/error.hpp>
#include <randomio/core/io/stop.hpp>
#include <randomio/core/runtime/timer_queue.hpp>

namespace randomio {

/// Work for a loop, queued without allocation: the object lives in the frame that waits for it.
class loop_work {
 public:
  using run_function = void (*)(loop_work&) noexcept;
  explicit loop_work(run_function run) noexcept : run_(run) {}
  loop_work(const loop_work&) = delete;
  loop_work& operator=(const loop_work&) = delete;

 private:
  friend class loop;
  run_function run_;
  loop_work* next_ = nullptr;
};

/// Standing interest in a file descriptor; `ready` runs on the loop's thread after the descriptor became
/// readable. It may run early or once for several events, so it must use non-blocking calls and go on until
/// EAGAIN, or post work to go on later.
class fd_watch {
 public:
  using ready_function = void (*)(fd_watch&) noexcept;
  fd_watch(int fd, ready_function ready, bool exclusive = false) noexcept
      : ready(ready), fd(fd), exclusive(exclusive) {}
  fd_watch(const fd_watch&) = delete;
  fd_watch& operator=(const fd_watch&) = delete;

  const ready_function ready;
  const int fd;
  const bool exclusive;  ///< Of several loops that watch the same file, wake one. Source: EPOLLEXCLUSIVE.
  void* loop_data = nullptr;
};

/// An event loop: one thread runs it, any thread posts to it. Two kinds exist, over io_uring and over epoll;
/// both can be driven from another event loop through `native_handle` and `turn`.
///
/// Threads: `post` and `stop` from any thread; everything else from the thread that runs the loop.
class loop {
 public:
  enum class kind : std::uint8_t { uring, epoll };

  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;
  virtual ~loop() = default;

  /// The loop whose `run` or `turn` this thread is in, or null.
  [[nodiscard]] static loop* current() noexcept { return current_; }
  [[nodiscard]] kind what() const noexcept { return kind_; }

  /// Runs until `stop`.
  void run();
  /// Runs until `done`, which work on this loop sets. A `stop` meanwhile is kept for the next `run`.
  void run_until(const bool& done);
  /// One turn: runs what is ready, waiting for at most `wait` when nothing is; negative: until something is.
  void turn(std::chrono::nanoseconds wait);
  /// Ends `run` after the current turn; when it is not running, the next `run` returns at once.
  void stop() noexcept;
  /// Queues work for the loop's thread. Borrows: `work`, until it runs.
  void post(loop_work& work) noexcept;
  /// A descriptor that polls readable when `turn(0)` has something to do: for embedding in another loop.
  /// Timers are not in it: bound the wait by `timers().next_deadline()`.
  [[nodiscard]] virtual int native_handle() const noexcept = 0;

  /// Starts and ends a watch. Borrows: `watch`, until `unwatch` returns; `ready` does not run after that.
  virtual result<void> watch(fd_watch& watch) noexcept = 0;
  virtual void unwatch(fd_watch& watch) noexcept = 0;

  [[nodiscard]] timer_queue& timers() noexcept { return timers_; }

 protected:
  explicit loop(kind what) noexcept : kind_(what) {}
  /// Waits for events (negative: without bound), calls `woke`, and handles them.
  virtual void wait(std::chrono::nanoseconds bound) noexcept = 0;
  /// Makes a `wait` on another thread return, or the next one when there is none.
  virtual void wake() noexcept = 0;
  /// Hands over what the turn prepared, when no `wait` follows that would.
  virtual void flush() noexcept {}
  /// Posts from here on need no `wake`: this turn still runs them.
  void woke() noexcept { asleep_.store(false, std::memory_order_relaxed); }
  /// Waits for the last lines of `post` and `stop` on other threads, which may outlast the work that they
  /// queued. The first line of a loop's destructor.
  void await_posters() const noexcept;

 private:
  void once(std::chrono::nanoseconds bound) noexcept;
  void leave(loop* outer) noexcept;
  void run_posted() noexcept;

  static thread_local loop* current_;
  const kind kind_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> asleep_{true};  // A post must wake the loop; also true while nobody runs it.
  std::atomic<unsigned> posters_{0};
  std::atomic<loop_work*> posted_{nullptr};  // The last one first.
  timer_queue timers_;
};

/// Makes a loop of a kind. It may be made on one thread and run on another.
///
/// Errors: unsupported, when the kernel or its settings have no io_uring to offer (an epoll loop then works);
///         too_many_open.
[[nodiscard]] result<std::unique_ptr<loop>> make_loop(loop::kind kind);

/// Awaits a turn on `target`: afterwards the coroutine runs on that loop's thread.
class [[nodiscard]] resume_on : private loop_work {
 public:
  explicit resume_on(loop& target) noexcept
      : loop_work([](loop_work& self) noexcept { static_cast<resume_on&>(self).waiting_.resume(); }), target_(target) {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) noexcept {
    waiting_ = h;
    target_.post(*this);
  }
  static void await_resume() noexcept {}

 private:
  loop& target_;
  std::coroutine_handle<> waiting_;
};

}  // namespace randomio
