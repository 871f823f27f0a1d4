#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <randomio/core/runtime/loop.hpp>

#include "fs/filesystem.hpp"
#include "fs/fuse/handshake.hpp"
#include "fs/fuse/interrupts.hpp"
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
  /// How long files that were open at the end may take to close. A close can be a large upload.
  std::chrono::nanoseconds close_bound = std::chrono::minutes(4);
  /// Called once, when the mount begins to end, by whomever. Threads: any.
  std::function<void()> ending = [] {};
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

  /// Serves until the filesystem is unmounted, by whomever, every request in flight was answered, and what was
  /// still open is closed: a lazy unmount or a cut connection leaves files open whose release never comes.
  ///
  /// Errors: the loops cannot be made; timed_out: files that would not close are still in use, together with this
  ///         session and the filesystem, so that the process can only be ended.
  randomio::result<void> run();
  /// Unmounts, lazily when files are open, so that `run` returns; after a grace period it returns regardless.
  ///
  /// Threads: any, but not from a signal handler.
  void stop();

 private:
  session(filesystem& fs, session_options options);
  randomio::result<void> start();
  void widen_read_ahead() const;
  randomio::result<void> serve();
  /// Errors: timed_out.
  randomio::result<void> close_what_is_open();
  void unmount();
  void end_all() noexcept;
  void tell_that_it_ends() noexcept;

  filesystem& fs_;
  const session_options options_;
  ::fuse_session* codec_ = nullptr;
  agreement agreed_;
  std::unique_ptr<notifier> kernel_;
  interrupts interrupted_;
  std::mutex mutex_;  ///< Guards loops_, and ended_ against a loop that is about to join them.
  std::vector<randomio::loop*> loops_;
  std::unique_ptr<randomio::loop> last_loop_;  ///< Of the last closes, which may outlast `run`.
  std::atomic<bool> ended_{false};
  std::atomic<bool> has_told_{false};
  std::atomic<bool> mounted_{false};
};

}  // namespace randomiofs::fuse
