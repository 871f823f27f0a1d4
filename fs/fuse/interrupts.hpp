#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include <randomio/core/runtime/loop.hpp>

#include "fs/fuse/pending_requests.hpp"

namespace randomiofs::fuse {

/// Brings the kernel's word that a caller was interrupted, which any loop may be told, to the loop that has the
/// request.
///
/// Threads: safe.
/// Source:  FUSE_INTERRUPT.
class interrupts {
 public:
  class listener;

  void tell(std::uint64_t unique);

 private:
  std::mutex mutex_;
  std::vector<listener*> listeners_;  ///< One a loop.
};

/// One loop's ear. A request whose caller dies is ended, if it can be. A signal that the caller catches, as a shell
/// does SIGCHLD, ends nothing: no program expects EINTR of stat(2) or open(2). But the kernel tells of an interruption
/// once, and then not of a SIGKILL that comes later: such requests are looked at again until they are answered.
///
/// Threads: the loop's, but where it says otherwise.
class interrupts::listener : private randomio::loop_work, private randomio::timer {
 public:
  /// Borrows: all, for its life.
  listener(interrupts& all, randomio::loop& home, pending_requests& those);
  ~listener();
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

 private:
  friend class interrupts;
  void hear() noexcept;
  void look() noexcept;

  interrupts& all_;
  randomio::loop& home_;
  pending_requests& requests_;
  std::vector<std::uint64_t> heard_;  ///< Guarded by the mutex of all.
  bool is_waiting_ = false;
};

}  // namespace randomiofs::fuse
