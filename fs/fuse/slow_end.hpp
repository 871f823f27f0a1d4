#pragma once

#include <chrono>

#include <randomio/core/runtime/loop.hpp>

#include "fs/fuse/pending_requests.hpp"

namespace randomiofs::fuse {

/// While it lives a loop waits for its last requests. When that takes long, the log says which these are.
///
/// Threads: the loop's.
class slow_end : private randomio::timer {
 public:
  /// Borrows: both.
  slow_end(randomio::loop& home, pending_requests& those);
  ~slow_end() { home_.timers().remove(*this); }
  slow_end(const slow_end&) = delete;
  slow_end& operator=(const slow_end&) = delete;

 private:
  void tell();

  randomio::loop& home_;
  pending_requests& requests_;
  const clock::time_point began_ = clock::now();
};

}  // namespace randomiofs::fuse
