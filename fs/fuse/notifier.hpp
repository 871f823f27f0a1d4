#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "fs/namespace/inode.hpp"

struct fuse_session;

namespace randomiofs::fuse {

/// Tells the kernel that what it caches of a file is stale, from a thread of its own: within a request such a
/// notification can wait for a page that the very request holds.
///
/// Threads: safe. At most one notification a file is queued.
/// Source:  FUSE_NOTIFY_INVAL_INODE.
class notifier {
 public:
  explicit notifier(::fuse_session* codec);
  ~notifier();
  notifier(const notifier&) = delete;
  notifier& operator=(const notifier&) = delete;

  void invalidate(const inode& node);
  /// What the kernel knows of a file's attributes is stale by the time this returns. Touches no pages, and so waits for
  /// none: within a request, too.
  void invalidate_attributes(const inode& node) noexcept;

 private:
  void serve();

  ::fuse_session* codec_;
  std::mutex mutex_;
  std::condition_variable available_;
  std::set<const inode*> stale_;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace randomiofs::fuse
