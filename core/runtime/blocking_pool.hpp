#pragma once

#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <randomio/core/runtime/loop.hpp>

namespace randomio {

/// Threads for calls that may block, so that loops never do: `co_await pool.run([&] { return ::fstat(…); })`.
/// Queueing allocates nothing; the queue is as long as there are operations waiting on it. Threads start when
/// there is work that no idle one would take, up to the bound, and stay. The coroutine resumes on the loop that
/// awaited, or on the pool's thread when the awaiting thread runs none.
///
/// Threads: `run` from any thread. The pool must outlive its operations; its destructor joins its threads.
class blocking_pool {
 public:
  /// At most `threads` threads, at least one.
  explicit blocking_pool(unsigned threads);
  ~blocking_pool();
  blocking_pool(const blocking_pool&) = delete;
  blocking_pool& operator=(const blocking_pool&) = delete;

  class job {
   public:
    using run_function = void (*)(job&) noexcept;
    explicit job(run_function run) noexcept : run_(run) {}
    job(const job&) = delete;
    job& operator=(const job&) = delete;

   private:
    friend class blocking_pool;
    run_function run_;
    job* next_ = nullptr;
  };

  template <class F>
  class [[nodiscard]] operation : private job, private loop_work {
   public:
    using value_type = std::invoke_result_t<F&>;
    operation(blocking_pool& pool, F f)
        : job(&operation::run), loop_work(&operation::finish), pool_(pool), f_(std::move(f)) {}

    static bool await_ready() noexcept { return false; }
    void await_suspend(std::coroutine_handle<> h) noexcept {
      waiting_ = h;
      home_ = loop::current();
      pool_.submit(*this);
    }
    value_type await_resume() { return std::move(*value_); }

   private:
    static void run(job& self) noexcept {
      auto& op = static_cast<operation&>(self);
      op.value_.emplace(op.f_());
      if (op.home_ != nullptr) {
        op.home_->post(op);
      } else {
        op.waiting_.resume();
      }
    }
    static void finish(loop_work& self) noexcept { static_cast<operation&>(self).waiting_.resume(); }

    blocking_pool& pool_;
    F f_;
    std::coroutine_handle<> waiting_;
    loop* home_ = nullptr;
    std::optional<value_type> value_;
  };

  /// Calls `f` on a thread of the pool and gives its result, which must not be void.
  template <class F>
  [[nodiscard]] operation<F> run(F f) {
    return operation<F>(*this, std::move(f));
  }

  void submit(job& work) noexcept;

 private:
  bool start_thread() noexcept;
  void serve() noexcept;

  const unsigned threads_max_;
  std::mutex mutex_;
  std::condition_variable available_;
  job* first_ = nullptr;
  job* last_ = nullptr;
  std::size_t queued_ = 0;
  unsigned idle_ = 0;  // Threads that wait, including those that were notified and have not run yet.
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace randomio
