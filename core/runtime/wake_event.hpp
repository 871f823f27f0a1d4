#pragma once

#include <randomio/core/io/error.hpp>

namespace randomio::detail {

/// An eventfd: what a thread writes to make a loop on another thread return from its wait.
///
/// Threads: `signal` from any thread.
class wake_event {
 public:
  explicit wake_event(bool blocking_reads) noexcept;
  ~wake_event();
  wake_event(const wake_event&) = delete;
  wake_event& operator=(const wake_event&) = delete;

  [[nodiscard]] bool valid() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int fd() const noexcept { return fd_; }
  void signal() const noexcept;
  /// Forgets the signals so far. Needs non-blocking reads.
  void clear() const noexcept;

 private:
  int fd_;
};

/// The failure of a system call that a loop is made from, by errno.
[[nodiscard]] unexpected loop_failure(int code, const char* what) noexcept;

}  // namespace randomio::detail
