#pragma once

#include <utility>

#include <randomio/backends/local/open_file.hpp>
#include <randomio/backends/local/uring_transfer.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>

namespace randomio::local {

/// A file read and written by io_uring, on whichever io_uring loop awaits. Operations allocate nothing; a stop
/// request cancels what is in flight. The calls that io_uring does not have, or not with what they must return,
/// run on a pool's threads.
///
/// Borrows: the pool, for its whole life.
/// Threads: awaited on io_uring loops, any of them; concurrent calls are safe, but for `close`.
class uring_file {
 public:
  uring_file(open_file file, blocking_pool& pool) noexcept : file_(std::move(file)), pool_(&pool) {}

  /// Blocks. Errors: as open(2); is_directory.
  static result<uring_file> open(std::string_view path, const open_options& how, blocking_pool& pool) noexcept {
    auto file = open_file::open(path, how);
    if (!file) return unexpected(std::move(file).error());
    return uring_file(std::move(*file), pool);
  }

  [[nodiscard]] uring_read read_at(std::uint64_t offset, mutable_buffer out, stop_token stop = {}) noexcept {
    return uring_read(file_.fd(), offset, out, stop);
  }
  [[nodiscard]] uring_write write_at(std::uint64_t offset, const_buffer data, stop_token stop = {}) noexcept {
    return uring_write(file_.fd(), offset, data, stop);
  }
  [[nodiscard]] auto append(const_buffer data) noexcept {
    return pool_->run([this, data]() noexcept { return file_.append(data); });
  }
  /// Nothing is held back: what was written is the kernel's already.
  [[nodiscard]] static ready_op<result<void>> flush() noexcept { return result<void>{}; }
  [[nodiscard]] uring_sync sync(bool data_only = false) noexcept { return uring_sync(file_.fd(), data_only); }
  [[nodiscard]] auto stat() noexcept {
    return pool_->run([this]() noexcept { return file_.stat(); });
  }
  [[nodiscard]] auto set_attributes(const attribute_change& change) noexcept {
    return pool_->run([this, &change]() noexcept { return file_.set_attributes(change); });
  }
  [[nodiscard]] uring_allocate allocate(allocate_mode mode, std::uint64_t offset, std::uint64_t len) noexcept {
    return uring_allocate(file_.fd(), mode, offset, len);
  }
  [[nodiscard]] auto seek(std::uint64_t offset, seek_target target) noexcept {
    return pool_->run([this, offset, target]() noexcept { return file_.seek(offset, target); });
  }
  [[nodiscard]] auto close() noexcept {
    return pool_->run([this]() noexcept { return file_.close(); });
  }

  [[nodiscard]] open_file& native() noexcept { return file_; }

 private:
  open_file file_;
  blocking_pool* pool_;
};

static_assert(file<uring_file>);

}  // namespace randomio::local
