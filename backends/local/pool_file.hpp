#pragma once

#include <cerrno>
#include <utility>

#include <randomio/backends/local/descriptor_io.hpp>
#include <randomio/backends/local/local_error.hpp>
#include <randomio/backends/local/open_file.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>

namespace randomio::local {

/// A file whose operations run on the threads of a pool: for any loop, or none. Operations allocate nothing.
/// A stop request keeps an operation that has not started from starting; one that runs completes.
///
/// Borrows: the pool, for its whole life.
/// Threads: concurrent calls are safe, but for `close`.
class pool_file {
 public:
  pool_file(open_file file, blocking_pool& pool) noexcept : file_(std::move(file)), pool_(&pool) {}

  /// Blocks. Errors: as open(2); is_directory.
  static result<pool_file> open(std::string_view path, const open_options& how, blocking_pool& pool) noexcept {
    auto file = open_file::open(path, how);
    if (!file) return unexpected(std::move(file).error());
    return pool_file(std::move(*file), pool);
  }

  [[nodiscard]] auto read_at(std::uint64_t offset, mutable_buffer out, stop_token stop = {}) noexcept {
    return pool_->run([fd = file_.fd(), offset, out, stop]() noexcept -> result<std::size_t> {
      if (stop.stop_requested()) return fail_with(ECANCELED, operation::read);
      return read_fully(fd, offset, out);
    });
  }
  [[nodiscard]] auto write_at(std::uint64_t offset, const_buffer data, stop_token stop = {}) noexcept {
    return pool_->run([fd = file_.fd(), offset, data, stop]() noexcept -> result<void> {
      if (stop.stop_requested()) return fail_with(ECANCELED, operation::write);
      return write_fully(fd, offset, data);
    });
  }
  [[nodiscard]] auto append(const_buffer data) noexcept {
    return pool_->run([this, data]() noexcept { return file_.append(data); });
  }
  /// Nothing is held back: what was written is the kernel's already.
  [[nodiscard]] static ready_op<result<void>> flush() noexcept { return result<void>{}; }
  [[nodiscard]] auto sync(bool data_only = false) noexcept {
    return pool_->run([this, data_only]() noexcept { return file_.sync(data_only); });
  }
  [[nodiscard]] auto stat() noexcept {
    return pool_->run([this]() noexcept { return file_.stat(); });
  }
  [[nodiscard]] auto set_attributes(const attribute_change& change) noexcept {
    return pool_->run([this, &change]() noexcept { return file_.set_attributes(change); });
  }
  [[nodiscard]] auto allocate(allocate_mode mode, std::uint64_t offset, std::uint64_t len) noexcept {
    return pool_->run([this, mode, offset, len]() noexcept { return file_.allocate(mode, offset, len); });
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

static_assert(file<pool_file>);

}  // namespace randomio::local
