#include "descriptor_io.hpp"

#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/uio.h>

#include <limits>
#include <mutex>

#include "local_error.hpp"

namespace randomio::local {

namespace {

constexpr auto offset_max = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());

/// One lock for a group of descriptors, so that an open file needs no allocation for its own.
std::mutex& append_lock(int fd) noexcept {
  static std::mutex locks[32];
  return locks[static_cast<unsigned>(fd) % 32];
}

}  // namespace

result<std::size_t> detail::read_failed(int fd, std::uint64_t offset, std::span<std::byte> out,
                                        std::size_t done) noexcept {
  const int number = errno;
  const std::uint64_t at = offset + done;
  if (at < offset || at > offset_max) return done;  // No file has bytes there.
  const std::uint64_t room = offset_max - at;
  if ((number == EINVAL || number == EOVERFLOW) && out.size() - done > room) {
    auto rest = read_fully(fd, at, out.subspan(done, room));
    if (rest) *rest += done;
    return rest;
  }
  return fail_with(number, operation::read);
}

result<void> detail::write_failed(int number, std::uint64_t offset, std::size_t size) noexcept {
  if (offset > offset_max || size > offset_max - offset) number = EFBIG;
  return fail_with(number, operation::write);
}

result<std::uint64_t> append_fully(int fd, std::span<const std::byte> data) noexcept {
  const std::lock_guard turn(append_lock(fd));
  std::uint64_t start = 0;
  std::size_t done = 0;
  do {
    const iovec rest{const_cast<std::byte*>(data.data()) + done, data.size() - done};
    const ssize_t n = ::pwritev2(fd, &rest, 1, -1, RWF_APPEND);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail_errno(operation::append);
    if (n == 0 && !data.empty()) return fail_with(EIO, operation::append);
    const off_t end = ::lseek(fd, 0, n == 0 ? SEEK_END : SEEK_CUR);  // Nothing written: the position did not move.
    if (end < 0) return fail_errno(operation::append);
    const std::uint64_t landed = static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(n);
    if (done == 0) {
      start = landed;
    } else if (landed != start + done) {
      // A short write let another append in between: the two halves are not one record.
      return fail_with(ENOSPC, operation::append);
    }
    done += static_cast<std::size_t>(n);
  } while (done < data.size());
  return start;
}

result<void> sync_descriptor(int fd, bool data_only) noexcept {
  while ((data_only ? ::fdatasync(fd) : ::fsync(fd)) != 0) {
    if (errno != EINTR) return fail_errno(operation::sync);
  }
  return {};
}

int fallocate_flags(allocate_mode mode) noexcept {
  switch (mode) {
    case allocate_mode::extend: return 0;
    case allocate_mode::keep_size: return FALLOC_FL_KEEP_SIZE;
    case allocate_mode::punch: return FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    case allocate_mode::zero: return FALLOC_FL_ZERO_RANGE;
    case allocate_mode::zero_keep: return FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE;
  }
  return 0;
}

namespace {

/// Zeros by hand, for filesystems without FALLOC_FL_ZERO_RANGE (tmpfs): a hole inside the file reads as zeros.
result<void> zero_by_punching(int fd, bool keep_size, std::uint64_t offset, std::uint64_t len) noexcept {
  constexpr int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  if (::fallocate(fd, punch, static_cast<off_t>(offset), static_cast<off_t>(len)) != 0) {
    return fail_errno(operation::allocate);
  }
  // Reserving the hole again is what ZERO_RANGE does, and it grows the file.
  if (::fallocate(fd, keep_size ? FALLOC_FL_KEEP_SIZE : 0, static_cast<off_t>(offset), static_cast<off_t>(len)) != 0) {
    return fail_errno(operation::allocate);
  }
  return {};
}

}  // namespace

result<void> allocate_range(int fd, allocate_mode mode, std::uint64_t offset, std::uint64_t len) noexcept {
  if (offset > offset_max || len > offset_max - offset) return fail_with(EFBIG, operation::allocate);
  const int flags = fallocate_flags(mode);
  while (::fallocate(fd, flags, static_cast<off_t>(offset), static_cast<off_t>(len)) != 0) {
    if (errno == EINTR) continue;
    if (errno == EOPNOTSUPP && (flags & FALLOC_FL_ZERO_RANGE) != 0) {
      return zero_by_punching(fd, (flags & FALLOC_FL_KEEP_SIZE) != 0, offset, len);
    }
    return fail_errno(operation::allocate);
  }
  return {};
}

result<std::uint64_t> seek_extent(int fd, std::uint64_t offset, seek_target target) noexcept {
  if (offset > offset_max) return fail_with(ENXIO, operation::seek);
  // The position moves, and an append that is learning where it landed must not see that.
  const std::lock_guard turn(append_lock(fd));
  off_t at = ::lseek(fd, static_cast<off_t>(offset), target == seek_target::data ? SEEK_DATA : SEEK_HOLE);
  if (at < 0 && errno == EINVAL) {
    // A block device knows no extents: it is all data, and its end is the only hole.
    const off_t end = ::lseek(fd, 0, SEEK_END);
    if (end >= 0 && static_cast<off_t>(offset) >= end) return fail_with(ENXIO, operation::seek);
    if (end >= 0) at = target == seek_target::data ? static_cast<off_t>(offset) : end;
  }
  if (at < 0) return fail_errno(operation::seek);
  return static_cast<std::uint64_t>(at);
}

namespace {

result<std::uint64_t> copy_through_buffer(int from, std::uint64_t from_offset, int to, std::uint64_t to_offset,
                                          std::uint64_t len) noexcept {
  alignas(64) std::byte buffer[65536];
  std::uint64_t done = 0;
  while (done < len) {
    const std::size_t want = len - done < sizeof buffer ? static_cast<std::size_t>(len - done) : sizeof buffer;
    auto read = read_fully(from, from_offset + done, std::span(buffer, want));
    if (!read) return unexpected(std::move(read).error());
    auto written = write_fully(to, to_offset + done, std::span(buffer, *read));
    if (!written) return unexpected(std::move(written).error());
    done += *read;
    if (*read < want) break;
  }
  return done;
}

}  // namespace

result<std::uint64_t> copy_between(int from, std::uint64_t from_offset, int to, std::uint64_t to_offset,
                                   std::uint64_t len) noexcept {
  if (from_offset > offset_max) return std::uint64_t{0};
  if (to_offset > offset_max) return fail_with(EFBIG, operation::copy);
  auto in = static_cast<off64_t>(from_offset);
  auto out = static_cast<off64_t>(to_offset);
  std::uint64_t done = 0;
  while (done < len) {
    const std::uint64_t left = len - done;
    const std::size_t step = left < (1U << 30) ? static_cast<std::size_t>(left) : (1U << 30);
    const ssize_t n = ::copy_file_range(from, &in, to, &out, step, 0);
    if (n > 0) {
      done += static_cast<std::uint64_t>(n);
    } else if (n == 0) {
      // Some kernels say 0 for files whose size they do not know beforehand (procfs); the buffer settles it.
      if (done > 0) return done;
      return copy_through_buffer(from, from_offset, to, to_offset, len);
    } else if (errno == EXDEV || errno == ENOSYS || errno == EOPNOTSUPP) {
      auto rest = copy_through_buffer(from, from_offset + done, to, to_offset + done, left);
      if (rest) *rest += done;
      return rest;
    } else if (errno != EINTR) {
      return fail_errno(operation::copy);
    }
  }
  return done;
}

}  // namespace randomio::local
