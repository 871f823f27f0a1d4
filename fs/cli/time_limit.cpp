#include "fs/cli/time_limit.hpp"

#include <utility>

namespace randomiofs::cli {

time_limit::time_limit(std::chrono::nanoseconds limit, action over, std::chrono::nanoseconds grace, action long_over) {
  if (limit.count() == 0) return;
  thread_ = std::thread([this, limit, grace, over = std::move(over), long_over = std::move(long_over)] {
    if (!wait(limit)) return;
    is_over_.store(true, std::memory_order_release);
    over();
    if (wait(grace)) long_over();
  });
}

time_limit::~time_limit() {
  {
    const std::lock_guard lock(mutex_);
    is_ended_ = true;
  }
  ended_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool time_limit::wait(std::chrono::nanoseconds duration) {
  std::unique_lock lock(mutex_);
  return !ended_.wait_for(lock, duration, [this] { return is_ended_; });
}

}  // namespace randomiofs::cli
