#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include <randomio/core/runtime/task.hpp>
#include <randomio/core/runtime/task_scope.hpp>

#include "fs/file/open_file.hpp"

namespace randomiofs {

/// Closes the files that nobody released, some at a time. How each that fails ended is in the log, and so is, every now
/// and then, what is waited for.
///
/// Must not be destroyed before `wait` has said that all are closed.
///
/// Threads: one awaits.
class last_closes {
 public:
  explicit last_closes(std::vector<std::unique_ptr<open_file>> files);
  last_closes(const last_closes&) = delete;
  last_closes& operator=(const last_closes&) = delete;

  /// Awaited on a loop, which has to go on running as long as files are left. The first call starts.
  ///
  /// Returns: true when all are closed, false when `bound` was over before; it may then be called again.
  randomio::task<bool> wait(std::chrono::nanoseconds bound);
  /// Not yet closed.
  [[nodiscard]] std::size_t left() const noexcept { return left_.load(std::memory_order_relaxed); }

 private:
  randomio::task<void> close_some();
  void tell_what_is_left() const;

  std::vector<std::unique_ptr<open_file>> files_;
  bool started_ = false;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> left_;
  randomio::stop_source all_closed_;  // Ends the wait before its time.
  randomio::task_scope closing_;
};

}  // namespace randomiofs
