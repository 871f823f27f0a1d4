#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace randomiofs::cli {

/// Bounds what this process does until it is destroyed: from a thread of its own, whatever the others wait for.
class time_limit {
 public:
  using action = std::function<void()>;

  /// Calls `over` when `limit` is over, and `long_over` when after that `grace` is over, too. A `limit` of 0 never is.
  time_limit(std::chrono::nanoseconds limit, action over, std::chrono::nanoseconds grace, action long_over);
  /// Waits for a call that is running.
  ~time_limit();
  time_limit(const time_limit&) = delete;
  time_limit& operator=(const time_limit&) = delete;

  [[nodiscard]] bool is_over() const noexcept { return is_over_.load(std::memory_order_acquire); }

 private:
  /// Returns: false when this ended before.
  [[nodiscard]] bool wait(std::chrono::nanoseconds duration);

  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_ended_ = false;
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

}  // namespace randomiofs::cli
