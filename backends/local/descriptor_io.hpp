#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>

#include <randomio/core/io/error.hpp>
#include <randomio/core/io/file.hpp>

namespace randomio::local {

namespace detail {

/// What a failed pread or pwrite at `offset` means: off_t is signed, so offsets past its end need care.
[[gnu::cold]] result<std::size_t> read_failed(int fd, std::uint64_t offset, std::span<std::byte> out,
                                              std::size_t done) noexcept;
[[gnu::cold]] result<void> write_failed(int number, std::uint64_t offset, std::size_t size) noexcept;

}  // namespace detail

/// Reads until `out` is full or the file ends. Blocks. Not noexcept, as pread is not: a thread may be cancelled in
/// it. Source: pread(2).
inline result<std::size_t> read_fully(int fd, std::uint64_t offset, std::span<std::byte> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t n = ::pread(fd, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (n > 0) {
      done += static_cast<std::size_t>(n);
    } else if (n == 0) {
      break;
    } else if (errno != EINTR) {
      return detail::read_failed(fd, offset, out, done);
    }
  }
  return done;
}

/// Writes all of `data`. Blocks. Source: pwrite(2).
inline result<void> write_fully(int fd, std::uint64_t offset, std::span<const std::byte> data) {
  std::size_t done = 0;
  while (done < data.size()) {
    const ssize_t n = ::pwrite(fd, data.data() + done, data.size() - done, static_cast<off_t>(offset + done));
    if (n > 0) {
      done += static_cast<std::size_t>(n);
    } else if (n == 0) {
      return detail::write_failed(EIO, offset, data.size());  // Only a broken driver accepts nothing; do not spin.
    } else if (errno != EINTR) {
      return detail::write_failed(errno, offset, data.size());
    }
  }
  return {};
}

/// Writes all of `data` at the end, in one step against all other appends to the file, and returns where it
/// landed. The descriptor's own position serves to learn that, so appends through one descriptor take turns.
///
/// Source: pwritev2(2), RWF_APPEND.
result<std::uint64_t> append_fully(int fd, std::span<const std::byte> data) noexcept;

/// Source: fsync(2), fdatasync(2).
result<void> sync_descriptor(int fd, bool data_only) noexcept;

/// The mode bits of fallocate(2) for a mode.
[[nodiscard]] int fallocate_flags(allocate_mode mode) noexcept;
result<void> allocate_range(int fd, allocate_mode mode, std::uint64_t offset, std::uint64_t len) noexcept;

/// Source: lseek(2), SEEK_DATA and SEEK_HOLE. Errors: no_such_address past the end.
result<std::uint64_t> seek_extent(int fd, std::uint64_t offset, seek_target target) noexcept;

/// Copies inside the kernel where the filesystems can, else through a buffer. Returns: bytes copied; short only
/// at the source's end. Errors: invalid, for overlapping ranges of one file. Source: copy_file_range(2).
result<std::uint64_t> copy_between(int from, std::uint64_t from_offset, int to, std::uint64_t to_offset,
                                   std::uint64_t len) noexcept;

}  // namespace randomio::local
