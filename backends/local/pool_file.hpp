#pragma once

#include <cerrno>
#include <utility>

#include <randomio/backends/local/descriptor_io.hpp>
#include <randomio/backends/local/local_error.hpp>
#include <randomio/backends/local/pooled_calls.hpp>

namespace randomio::local {

/// A file whose operations run on the threads of a pool: for any loop, or none. Operations allocate nothing.
/// A stop request keeps an operation that has not started from starting; one that runs completes.
///
/// Borrows: the pool, for its whole life.
/// Threads: concurrent calls are safe, but for `close`.
class pool_file : public pooled_calls {
 public:
  pool_file(open_file file, blocking_pool& pool) noexcept : pooled_calls(std::move(file), pool) {}

  /// Blocks. Errors: as open(2); is_directory.
  static result<pool_file> open(std::string_view path, const open_options& how, blocking_pool& pool) noexcept {
    return open_as<pool_file>(path, how, pool);
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
  [[nodiscard]] auto sync(bool data_only = false) noexcept {
    return pool_->run([this, data_only]() noexcept { return file_.sync(data_only); });
  }
  [[nodiscard]] auto allocate(allocate_mode mode, std::uint64_t offset, std::uint64_t len) noexcept {
    return pool_->run([this, mode, offset, len]() noexcept { return file_.allocate(mode, offset, len); });
  }
};

static_assert(file<pool_file>);

}  // namespace randomio::local
