#define FUSE_USE_VERSION 314
#include "fs/fuse/channel.hpp"

#include <fuse3/fuse_lowlevel.h>
#include <linux/fuse.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <randomio/core/runtime/sync_wait.hpp>

namespace randomiofs::fuse {

namespace {

// A WRITE request is two headers of 40 bytes, then the data: read so that the data starts on a page.
// Source: linux/fuse.h, fuse_in_header and fuse_write_in.
constexpr std::size_t write_header_bytes = 80;
constexpr std::size_t request_start = buffer_pool::page_bytes - write_header_bytes;

/// O_TMPFILE arrives with a CREATE's arguments under an opcode that libfuse 3.14 does not decode: it is turned
/// into a CREATE here. Source: linux/fuse.h 7.37, FUSE_TMPFILE.
bool take_temporary(std::span<std::byte> request) noexcept {
  constexpr std::uint32_t fuse_tmpfile = 51;
  fuse_in_header header;
  if (request.size() < sizeof header) return false;
  std::memcpy(&header, request.data(), sizeof header);
  if (header.opcode != fuse_tmpfile) return false;
  header.opcode = FUSE_CREATE;
  std::memcpy(request.data(), &header, sizeof header);
  return true;
}

/// Source: linux/fuse.h 7.33, FUSE_HANDLE_KILLPRIV_V2.
bool asks_to_clear_set_id(std::span<const std::byte> request) noexcept {
  fuse_in_header header;
  if (request.size() < sizeof header) return false;
  std::memcpy(&header, request.data(), sizeof header);
  const auto arguments = request.subspan(sizeof header);
  const auto has = [&]<class A>(std::uint32_t A::* flags, std::uint32_t wanted) {
    A given;
    if (arguments.size() < sizeof given) return false;
    std::memcpy(&given, arguments.data(), sizeof given);
    return (given.*flags & wanted) != 0;
  };
  switch (header.opcode) {
    case FUSE_WRITE: return has(&fuse_write_in::write_flags, FUSE_WRITE_KILL_SUIDGID);
    case FUSE_SETATTR: return has(&fuse_setattr_in::valid, FATTR_KILL_SUIDGID);
    default: return false;
  }
}

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

channel::channel(::fuse_session* codec, int fd, randomio::loop& loop, notifier& kernel, const agreement& agreed,
                 ended_function ended, void* ended_data)
    : codec_(codec),
      fd_(fd),
      loop_(loop),
      kernel_(kernel),
      agreed_(agreed),
      ended_(ended),
      ended_data_(ended_data),
      watch_(*this),
      drain_again_(*this) {
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
  makes_temporary_ = take_temporary(space.first(static_cast<std::size_t>(size)));
  clears_set_id_ = agreed_.clears_set_id && asks_to_clear_set_id(space.first(static_cast<std::size_t>(size)));
  const fuse_buf request{.size = static_cast<std::size_t>(size), .flags = {}, .mem = space.data(), .fd = -1, .pos = 0};
  fuse_session_process_buf(codec_, &request);
  return read_outcome::processed;
}

}  // namespace randomiofs::fuse
