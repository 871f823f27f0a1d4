#include "uring_transfer.hpp"

#include <liburing.h>
#include <linux/falloc.h>

#include <cerrno>
#include <limits>

#include "descriptor_io.hpp"
#include "local_error.hpp"

namespace randomio::local {

namespace {

/// What read(2) and write(2) move at most in one call.
constexpr std::size_t transfer_bytes_max = 0x7ffff000;
constexpr auto offset_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

unsigned length(std::size_t left, std::uint64_t offset) noexcept {
  const std::uint64_t room = offset_max - offset;
  const std::uint64_t within = left < room ? left : room;
  return static_cast<unsigned>(within < transfer_bytes_max ? within : transfer_bytes_max);
}

}  // namespace

void uring_read::prepare(io_uring_sqe& sqe) const noexcept {
  io_uring_prep_read(&sqe, fd_, at_, length(left_, offset_), offset_);
}

bool uring_read::again(std::int32_t result) noexcept {
  if (result <= 0) return result == -EINTR;
  offset_ += static_cast<std::uint32_t>(result);
  at_ += result;
  left_ -= static_cast<std::uint32_t>(result);
  return left_ != 0 && !is_beyond();
}

unexpected uring_read::failure() const noexcept {
  return fail_with(-outcome(), operation::read);
}

void uring_write::prepare(io_uring_sqe& sqe) const noexcept {
  io_uring_prep_write(&sqe, fd_, at_, length(left_, offset_), offset_);
}

bool uring_write::again(std::int32_t result) noexcept {
  if (result <= 0) return result == -EINTR;
  offset_ += static_cast<std::uint32_t>(result);
  at_ += result;
  left_ -= static_cast<std::uint32_t>(result);
  return left_ != 0;
}

unexpected uring_write::failure() const noexcept {
  if (outcome() < 0) return fail_with(-outcome(), operation::write);
  return fail_with(is_beyond() ? EFBIG : EIO, operation::write);
}

void uring_sync::prepare(io_uring_sqe& sqe) const noexcept {
  io_uring_prep_fsync(&sqe, fd_, data_only_ ? IORING_FSYNC_DATASYNC : 0U);
}

bool uring_sync::again(std::int32_t result) noexcept {
  return result == -EINTR;
}

result<void> uring_sync::await_resume() const noexcept {
  if (outcome() < 0) return fail_with(-outcome(), operation::sync);
  return {};
}

uring_allocate::uring_allocate(int fd, allocate_mode mode, std::uint64_t offset, std::uint64_t len) noexcept
    : offset_(offset), len_(len), fd_(fd), flags_(fallocate_flags(mode)) {}

bool uring_allocate::await_ready() const noexcept {
  return offset_ > offset_max || len_ > offset_max - offset_ || uring_operation::await_ready();
}

void uring_allocate::prepare(io_uring_sqe& sqe) const noexcept {
  io_uring_prep_fallocate(&sqe, fd_, flags_, static_cast<off_t>(offset_), static_cast<off_t>(len_));
}

bool uring_allocate::again(std::int32_t result) noexcept {
  if (result == -EINTR) return true;
  if (result == -EOPNOTSUPP && (flags_ & FALLOC_FL_ZERO_RANGE) != 0) {
    // As `allocate_range` does: a hole, reserved again, is a range of zeros.
    flags_after_ = flags_ & FALLOC_FL_KEEP_SIZE;
    flags_ = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    return true;
  }
  if (result != 0 || flags_after_ < 0) return false;
  flags_ = flags_after_;
  flags_after_ = -1;
  return true;
}

result<void> uring_allocate::await_resume() const noexcept {
  if (offset_ > offset_max || len_ > offset_max - offset_) return fail_with(EFBIG, operation::allocate);
  if (outcome() < 0) return fail_with(-outcome(), operation::allocate);
  return {};
}

}  // namespace randomio::local
