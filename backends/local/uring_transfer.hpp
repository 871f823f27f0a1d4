#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <randomio/core/io/file.hpp>
#include <randomio/core/runtime/uring_operation.hpp>

namespace randomio::local {

/// Reads until the buffer is full or the file ends, by as many requests as that takes: nearly always one.
class uring_read final : public uring_operation<uring_read> {
 public:
  uring_read(int fd, std::uint64_t offset, std::span<std::byte> out, stop_token stop) noexcept
      : uring_operation(stop), offset_(offset), at_(out.data()), left_(out.size()), size_(out.size()), fd_(fd) {}

  [[nodiscard]] bool await_ready() const noexcept { return is_beyond() || uring_operation::await_ready(); }
  void prepare(io_uring_sqe& sqe) const noexcept;
  [[nodiscard]] bool again(std::int32_t result) noexcept;
  result<std::size_t> await_resume() const noexcept {
    if (outcome() < 0) [[unlikely]]
      return failure();
    return size_ - left_;
  }

 private:
  /// No file has bytes there, and the kernel would take the largest offset for "the current position".
  [[nodiscard]] bool is_beyond() const noexcept { return static_cast<std::int64_t>(offset_) < 0; }
  [[nodiscard, gnu::cold]] unexpected failure() const noexcept;

  std::uint64_t offset_;
  std::byte* at_;
  std::size_t left_;
  std::size_t size_;
  int fd_;
};

/// Writes all of the data, by as many requests as that takes.
class uring_write final : public uring_operation<uring_write> {
 public:
  uring_write(int fd, std::uint64_t offset, std::span<const std::byte> data, stop_token stop) noexcept
      : uring_operation(stop), offset_(offset), at_(data.data()), left_(data.size()), fd_(fd) {}

  [[nodiscard]] bool await_ready() const noexcept { return is_beyond() || uring_operation::await_ready(); }
  void prepare(io_uring_sqe& sqe) const noexcept;
  [[nodiscard]] bool again(std::int32_t result) noexcept;
  result<void> await_resume() const noexcept {
    if (left_ != 0 || outcome() < 0) [[unlikely]]
      return failure();
    return {};
  }

 private:
  [[nodiscard]] bool is_beyond() const noexcept {
    return static_cast<std::int64_t>(offset_ + left_) < 0 || offset_ + left_ < offset_;
  }
  [[nodiscard, gnu::cold]] unexpected failure() const noexcept;

  std::uint64_t offset_;
  const std::byte* at_;
  std::size_t left_;
  int fd_;
};

/// Source: fsync(2), fdatasync(2).
class uring_sync final : public uring_operation<uring_sync> {
 public:
  uring_sync(int fd, bool data_only) noexcept : fd_(fd), data_only_(data_only) {}
  void prepare(io_uring_sqe& sqe) const noexcept;
  [[nodiscard]] static bool again(std::int32_t result) noexcept;
  [[nodiscard]] result<void> await_resume() const noexcept;

 private:
  int fd_;
  bool data_only_;
};

/// Source: fallocate(2).
class uring_allocate final : public uring_operation<uring_allocate> {
 public:
  uring_allocate(int fd, allocate_mode mode, std::uint64_t offset, std::uint64_t len) noexcept;
  [[nodiscard]] bool await_ready() const noexcept;
  void prepare(io_uring_sqe& sqe) const noexcept;
  [[nodiscard]] bool again(std::int32_t result) noexcept;
  [[nodiscard]] result<void> await_resume() const noexcept;

 private:
  std::uint64_t offset_;
  std::uint64_t len_;
  int fd_;
  int flags_;
  int flags_after_ = -1;  ///< Of one more request, once the one in flight has succeeded.
};

}  // namespace randomio::local
