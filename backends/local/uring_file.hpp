#pragma once

#include <utility>

#include <randomio/backends/local/pooled_calls.hpp>
#include <randomio/backends/local/uring_transfer.hpp>

namespace randomio::local {

/// A file read and written by io_uring, on whichever io_uring loop awaits. Operations allocate nothing; a stop
/// request cancels what is in flight. The calls that io_uring does not have, or not with what they must return,
/// run on a pool's threads.
///
/// Borrows: the pool, for its whole life.
/// Threads: awaited on io_uring loops, any of them; concurrent calls are safe, but for `close`.
class uring_file : public pooled_calls {
 public:
  uring_file(open_file file, blocking_pool& pool) noexcept : pooled_calls(std::move(file), pool) {}

  /// Blocks. Errors: as open(2); is_directory.
  static result<uring_file> open(std::string_view path, const open_options& how, blocking_pool& pool) noexcept {
    return open_as<uring_file>(path, how, pool);
  }

  [[nodiscard]] uring_read read_at(std::uint64_t offset, mutable_buffer out, stop_token stop = {}) noexcept {
    return uring_read(file_.fd(), offset, out, stop);
  }
  [[nodiscard]] uring_write write_at(std::uint64_t offset, const_buffer data, stop_token stop = {}) noexcept {
    return uring_write(file_.fd(), offset, data, stop);
  }
  [[nodiscard]] uring_sync sync(bool data_only = false) noexcept { return uring_sync(file_.fd(), data_only); }
  [[nodiscard]] uring_allocate allocate(allocate_mode mode, std::uint64_t offset, std::uint64_t len) noexcept {
    return uring_allocate(file_.fd(), mode, offset, len);
  }
};

static_assert(file<uring_file>);

}  // namespace randomio::local
