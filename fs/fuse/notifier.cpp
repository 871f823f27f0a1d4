#define FUSE_USE_VERSION 314
#include "fs/fuse/notifier.hpp"

#include <fuse3/fuse_lowlevel.h>

#include <cstdint>

namespace randomiofs::fuse {

notifier::notifier(::fuse_session* codec) : codec_(codec), thread_([this] { serve(); }) {}

notifier::~notifier() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  available_.notify_one();
  thread_.join();
}

void notifier::invalidate(const inode& node) {
  {
    const std::lock_guard lock(mutex_);
    stale_.insert(&node);
  }
  available_.notify_one();
}

void notifier::invalidate_attributes(const inode& node) noexcept {
  // The kernel may not know the file any more; then there is nothing to be stale.
  static_cast<void>(fuse_lowlevel_notify_inval_inode(codec_, reinterpret_cast<fuse_ino_t>(&node), -1, 0));
}

void notifier::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    available_.wait(lock, [this] { return closing_ || !stale_.empty(); });
    if (closing_) return;
    // The address is only a number here: a file that was forgotten meanwhile is unknown to the kernel as well.
    const auto number = reinterpret_cast<fuse_ino_t>(*stale_.begin());
    stale_.erase(stale_.begin());
    lock.unlock();
    fuse_lowlevel_notify_inval_inode(codec_, number, 0, 0);
    lock.lock();
  }
}

}  // namespace randomiofs::fuse
