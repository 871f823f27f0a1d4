#define FUSE_USE_VERSION 314
#include "fs/fuse/channel.hpp"

#include <fuse3/fuse_lowlevel.h>
#include <linux/fuse.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <randomio/core/runtime/sync_wait.hpp>

#include "fs/fuse/slow_end.hpp"

namespace randomiofs::fuse {

namespace {

// A WRITE request is two headers of 40 bytes, then the data: read so that the data starts on a page.
// Source: linux/fuse.h, fuse_in_header and fuse_write_in.
constexpr std::size_t write_header_bytes = 80;
constexpr std::size_t request_start = buffer_pool::page_bytes - write_header_bytes;

/// A request as it was read.
class raw_request {
 public:
  explicit raw_request(std::span<std::byte> bytes) noexcept : bytes_(bytes) {
    if (bytes.size() >= sizeof header_) std::memcpy(&header_, bytes.data(), sizeof header_);
  }

  [[nodiscard]] request_header header() const noexcept {
    return {.unique = header_.unique,
            .opcode = header_.opcode,
            .number = header_.nodeid,
            .thread = static_cast<std::int32_t>(header_.pid)};
  }
  /// O_TMPFILE arrives with a CREATE's arguments under an opcode that libfuse 3.14 does not decode: it is turned
  /// into a CREATE here. Source: linux/fuse.h 7.37, FUSE_TMPFILE.
  bool take_temporary() noexcept {
    constexpr std::uint32_t fuse_tmpfile = 51;
    if (header_.opcode != fuse_tmpfile) return false;
    header_.opcode = FUSE_CREATE;
    std::memcpy(bytes_.data(), &header_, sizeof header_);
    return true;
  }
  /// Source: linux/fuse.h 7.33, FUSE_HANDLE_KILLPRIV_V2.
  [[nodiscard]] bool asks_to_clear_set_id() const noexcept {
    switch (header_.opcode) {
      case FUSE_WRITE: return (arguments<fuse_write_in>().write_flags & FUSE_WRITE_KILL_SUIDGID) != 0;
      case FUSE_SETATTR: return (arguments<fuse_setattr_in>().valid & FATTR_KILL_SUIDGID) != 0;
      default: return false;
    }
  }
  /// The request whose caller was interrupted, when this says so.
  [[nodiscard]] std::optional<std::uint64_t> interrupts() const noexcept {
    if (header_.opcode != FUSE_INTERRUPT) return std::nullopt;
    return arguments<fuse_interrupt_in>().unique;
  }

 private:
  template <class Arguments>
  [[nodiscard]] Arguments arguments() const noexcept {
    Arguments given{};
    if (bytes_.size() >= sizeof header_ + sizeof given) {
      std::memcpy(&given, bytes_.data() + sizeof header_, sizeof given);
    }
    return given;
  }

  std::span<std::byte> bytes_;
  fuse_in_header header_{};
};

// How many requests one loop takes before it looks after its completions again.
constexpr int batch = 32;

}  // namespace

thread_local channel* channel::current_ = nullptr;

channel::watcher::watcher(channel& c)
    : fd_watch(
          c.fd_, [](fd_watch& self) noexcept { static_cast<watcher&>(self).owner.drain(); }, /*exclusive=*/true),
      owner(c) {}

channel::continuation::continuation(channel& c)
    : loop_work([](loop_work& self) noexcept {
        auto& owner = static_cast<continuation&>(self).owner;
        owner.drain_posted_ = false;
        owner.drain();
      }),
      owner(c) {}

channel::channel(::fuse_session* codec, int fd, randomio::loop& loop, notifier& kernel, interrupts& interrupted,
                 const agreement& agreed, ended_function ended, void* ended_data)
    : codec_(codec),
      fd_(fd),
      loop_(loop),
      kernel_(kernel),
      agreed_(agreed),
      ended_(ended),
      ended_data_(ended_data),
      watch_(*this),
      drain_again_(*this),
      interrupted_(interrupted),
      ear_(interrupted, loop, pending_) {
  current_ = this;
}

channel::~channel() {
  current_ = nullptr;
  ::close(fd_);
}

randomio::result<void> channel::open() {
  if (auto watching = loop_.watch(watch_); !watching) return watching;
  open_ = true;
  drain_posted_ = true;
  loop_.post(drain_again_);
  return {};
}

void channel::close() {
  if (open_) loop_.unwatch(watch_);
  open_ = false;
  const slow_end tells(loop_, pending_);
  randomio::sync_wait(loop_, handlers_.join());
}

void channel::drain() noexcept {
  for (int i = 0; i < batch; ++i) {
    if (!open_) return;
    switch (read_one()) {
      case read_outcome::processed: break;
      case read_outcome::none: return;
      case read_outcome::ended: {
        loop_.unwatch(watch_);
        open_ = false;
        ended_(ended_data_);
        return;
      }
    }
  }
  if (!std::exchange(drain_posted_, true)) loop_.post(drain_again_);
}

channel::read_outcome channel::read_one() noexcept {
  if (!request_) request_ = buffers_.take(buffer_pool::large_bytes);
  if (!request_) return read_outcome::none;  // No memory: the next wake-up tries again.
  const auto space = request_.bytes().subspan(request_start);
  const auto size = ::read(fd_, space.data(), space.size());
  if (size < 0) {
    switch (errno) {
      case EINTR:
      case ENOENT: return read_outcome::processed;  // The request was taken back before it was read.
      case EAGAIN: return read_outcome::none;
      default: return read_outcome::ended;  // ENODEV: unmounted.
    }
  }
  if (size == 0) return read_outcome::ended;
  raw_request got(space.first(static_cast<std::size_t>(size)));
  if (const auto unique = got.interrupts()) {
    interrupted_.tell(*unique);
    return read_outcome::processed;
  }
  makes_temporary_ = got.take_temporary();
  clears_set_id_ = agreed_.clears_set_id && got.asks_to_clear_set_id();
  arrived_ = got.header();
  const fuse_buf request{.size = static_cast<std::size_t>(size), .flags = {}, .mem = space.data(), .fd = -1, .pos = 0};
  fuse_session_process_buf(codec_, &request);
  return read_outcome::processed;
}

}  // namespace randomiofs::fuse
