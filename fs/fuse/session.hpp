#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <randomio/core/runtime/loop.hpp>

#include "fs/filesystem.hpp"
#include "fs/fuse/notifier.hpp"

struct fuse_session;

namespace randomiofs::fuse {

struct session_options {
  std::string mountpoint;
  std::string source;    ///< Shown as the device in /proc/mounts.
  unsigned threads = 0;  ///< Loops; 0: one for each core.
  randomio::loop::kind loops = randomio::loop::kind::uring;
  /// Further options of mount(8) and of the kernel: allow_other, nosuid, ro, … `default_permissions` is always
  /// on: the kernel checks every access against the modes that the mount shows.
  std::vector<std::string> mount_options;
};

/// A filesystem mounted at a directory: the kernel's connection, served by loops on threads of their own.
class session {
 public:
  /// Mounts. Afterwards the mount is visible and answers once `run` is called.
  ///
  /// Errors:  permission_denied, invalid and others, with the mountpoint as key and the reason as message.
  /// Borrows: `fs`, for the session's life.
  [[nodiscard]] static randomio::result<std::unique_ptr<session>> mount(filesystem& fs, session_options options);
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  /// Serves until the filesystem is unmounted, by whomever, and every request in flight was answered.
  /// Returns: nothing; errors: the loops cannot be made.
  randomio::result<void> run();
  /// Unmounts, lazily when files are open, so that `run` returns; after a grace period it returns regardless.
  ///
  /// Threads: any, but not from a signal handler.
  void stop();

 private:
  session(filesystem& fs, session_options options);
  randomio::result<void> start();
  /// Handles the kernel's first request, which fixes what both sides can do.
  randomio::result<void> handshake();
  void widen_read_ahead() const;
  randomio::result<void> serve();
  void unmount();
  void end_all() noexcept;

  filesystem& fs_;
  const session_options options_;
  ::fuse_session* codec_ = nullptr;
  std::unique_ptr<notifier> kernel_;
  std::mutex mutex_;  ///< Guards loops_, and ended_ against a loop that is about to join them.
  std::vector<randomio::loop*> loops_;
  std::atomic<bool> ended_{false};
  std::atomic<bool> mounted_{false};
};

}  // namespace randomiofs::fuse
