#define FUSE_USE_VERSION 314
#include "fs/fuse/handshake.hpp"

#include <fuse3/fuse_lowlevel.h>
#include <linux/fuse.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>

#include "fs/fuse/buffer_pool.hpp"

namespace randomiofs::fuse {

using randomio::errc;
using randomio::error;
using randomio::operation;
using randomio::result;
using randomio::unexpected;

namespace {

constexpr auto bound = std::chrono::seconds(10);
constexpr unsigned background_requests_max = 128;

// The upper half of the flags, where libfuse 3.14 knows no names. Source: linux/fuse.h 7.39.
constexpr std::uint32_t direct_io_allow_mmap = 1u << (36 - 32);

/// What libfuse 3.14 cannot agree to.
struct extra_flags {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
};

/// The flags to add to this thread's next reply, which is the handshake's; null: it is not.
thread_local const extra_flags* added = nullptr;

/// Which of the flags that we add the kernel offers.
extra_flags offered(std::span<const std::byte> request) noexcept {
  fuse_init_in init{};
  if (request.size() < sizeof(fuse_in_header) + sizeof init) return {};  // Older than 7.36.
  std::memcpy(&init, request.data() + sizeof(fuse_in_header), sizeof init);
  return {.low = init.flags & FUSE_HANDLE_KILLPRIV_V2,
          .high = (init.flags & FUSE_INIT_EXT) != 0 ? init.flags2 & direct_io_allow_mmap : 0};
}

unexpected refused(errc code, std::string_view why) {
  return unexpected(error(code, operation::open).with_message(why));
}

}  // namespace

void negotiate(void*, fuse_conn_info* connection) {
  // Not ATOMIC_O_TRUNC: the kernel would let OPEN cut a program that is being executed, and say ETXTBSY afterwards.
  const unsigned wanted = FUSE_CAP_ASYNC_READ | FUSE_CAP_AUTO_INVAL_DATA | FUSE_CAP_READDIRPLUS |
                          FUSE_CAP_READDIRPLUS_AUTO | FUSE_CAP_PARALLEL_DIROPS | FUSE_CAP_ASYNC_DIO |
                          FUSE_CAP_CACHE_SYMLINKS;
  connection->want = connection->capable & wanted;
  connection->max_write = buffer_pool::payload_bytes_max;
  connection->max_read = 0;
  connection->max_readahead = buffer_pool::payload_bytes_max;
  connection->max_background = background_requests_max;
  connection->congestion_threshold = background_requests_max * 3 / 4;
  connection->time_gran = 1;
}

result<agreement> shake_hands(::fuse_session* codec) {
  const int fd = fuse_session_fd(codec);
  buffer_pool buffers;
  const auto room = buffers.take(buffer_pool::large_bytes);
  pollfd device{.fd = fd, .events = POLLIN, .revents = 0};
  const auto bound_ms = std::chrono::duration_cast<std::chrono::milliseconds>(bound).count();
  if (!room || ::poll(&device, 1, static_cast<int>(bound_ms)) != 1) {
    return refused(errc::timed_out, "the kernel did not begin the FUSE handshake");
  }
  const auto size = ::read(fd, room.bytes().data(), room.bytes().size());
  if (size <= 0) return refused(errc::io_failure, "the FUSE handshake cannot be read");
  const auto length = static_cast<std::size_t>(size);
  const auto extra = offered(room.bytes().first(length));
  const fuse_buf request{.size = length, .flags = {}, .mem = room.bytes().data(), .fd = -1, .pos = 0};
  added = &extra;
  fuse_session_process_buf(codec, &request);
  added = nullptr;
  return agreement{.maps_direct_io = (extra.high & direct_io_allow_mmap) != 0,
                   .clears_set_id = (extra.low & FUSE_HANDLE_KILLPRIV_V2) != 0};
}

const iovec* completed(const iovec* parts, int count) noexcept {
  thread_local fuse_init_out answer;
  thread_local std::array<iovec, 2> changed;
  if (added == nullptr || count != 2 || parts[1].iov_len != sizeof answer) return parts;
  std::memcpy(&answer, parts[1].iov_base, sizeof answer);
  answer.flags |= added->low;
  if (added->high != 0) {
    answer.flags |= FUSE_INIT_EXT;
    answer.flags2 |= added->high;
  }
  changed = {parts[0], iovec{.iov_base = &answer, .iov_len = sizeof answer}};
  return changed.data();
}

}  // namespace randomiofs::fuse
