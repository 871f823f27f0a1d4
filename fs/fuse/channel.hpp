#pragma once

#include <memory>
#include <span>

#include <randomio/core/runtime/loop.hpp>
#include <randomio/core/runtime/task.hpp>
#include <randomio/core/runtime/task_scope.hpp>

#include "fs/fuse/buffer_pool.hpp"
#include "fs/fuse/handshake.hpp"
#include "fs/fuse/interrupts.hpp"
#include "fs/fuse/notifier.hpp"
#include "fs/fuse/pending_requests.hpp"

struct fuse_session;

namespace randomiofs::fuse {

/// One loop's connection to the kernel: a clone of the mount's /dev/fuse descriptor. Requests read here are
/// answered here, since the kernel looks for the request that a reply names on the same clone.
///
/// Threads: the loop's only.
/// Source:  fuse(4), FUSE_DEV_IOC_CLONE.
class channel {
 public:
  /// Called once, on the loop, when the kernel has ended the connection.
  using ended_function = void (*)(void*) noexcept;

  /// Owns: `fd`, which must be non-blocking. Borrows: the rest.
  channel(::fuse_session* codec, int fd, randomio::loop& loop, notifier& kernel, interrupts& interrupted,
          const agreement& agreed, ended_function ended, void* ended_data);
  ~channel();
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;

  /// The channel whose request this thread is processing.
  [[nodiscard]] static channel& current() noexcept { return *current_; }
  /// The descriptor that this thread's replies go to, or -1.
  [[nodiscard]] static int reply_fd() noexcept { return current_ == nullptr ? -1 : current_->fd_; }

  /// Starts listening, and processes what is already there.
  randomio::result<void> open();
  /// Waits for the requests in flight, then stops listening. Runs turns of the loop.
  void close();

  /// Starts a request's handler, which runs until its first suspension before this returns.
  void spawn(randomio::task<void> handler) { handlers_.spawn(std::move(handler)); }
  /// The header of the request in process.
  [[nodiscard]] const request_header& arrived() const noexcept { return arrived_; }
  [[nodiscard]] pending_requests& pending() noexcept { return pending_; }
  /// The buffer that holds the request in process: for handlers whose data outlives the callback.
  [[nodiscard]] buffer_pool::lease keep_request() noexcept { return std::move(request_); }
  /// True when the CREATE in process was a TMPFILE, which libfuse 3.14 has no callback for.
  [[nodiscard]] bool makes_temporary() const noexcept { return makes_temporary_; }
  /// True when the WRITE or SETATTR in process is to clear the file's set-id bits, because it changes the
  /// content for somebody who may not keep them: flags that libfuse 3.14 does not pass on.
  [[nodiscard]] bool clears_set_id() const noexcept { return clears_set_id_; }
  [[nodiscard]] buffer_pool& buffers() noexcept { return buffers_; }
  [[nodiscard]] notifier& kernel() noexcept { return kernel_; }
  [[nodiscard]] const agreement& agreed() const noexcept { return agreed_; }

 private:
  /// Processes requests until there are none, or a batch is done and others should have their turn.
  void drain() noexcept;
  enum class read_outcome { processed, none, ended };
  read_outcome read_one() noexcept;

  static thread_local channel* current_;

  ::fuse_session* codec_;
  const int fd_;
  randomio::loop& loop_;
  notifier& kernel_;
  const agreement agreed_;
  const ended_function ended_;
  void* const ended_data_;
  bool drain_posted_ = false;
  bool open_ = false;
  bool makes_temporary_ = false;
  bool clears_set_id_ = false;

  struct watcher : randomio::fd_watch {
    explicit watcher(channel& c);
    channel& owner;
  } watch_;
  struct continuation : randomio::loop_work {
    explicit continuation(channel& c);
    channel& owner;
  } drain_again_;

  buffer_pool buffers_;
  buffer_pool::lease request_;
  request_header arrived_;
  interrupts& interrupted_;
  pending_requests pending_;
  interrupts::listener ear_;
  randomio::task_scope handlers_;
};

}  // namespace randomiofs::fuse
