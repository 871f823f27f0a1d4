#pragma once

#include <string_view>
#include <utility>

#include <randomio/backends/local/open_file.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>

namespace randomio::local {

/// The operations of an open file that run on a pool's threads whatever its reads and writes do: a base of the files
/// that have a pool. Operations allocate nothing.
///
/// Borrows: the pool, for its whole life.
/// Threads: concurrent calls are safe, but for `close`.
class pooled_calls {
 public:
  [[nodiscard]] auto append(const_buffer data) noexcept {
    return pool_->run([this, data]() noexcept { return file_.append(data); });
  }
  /// Nothing is held back: what was written is the kernel's already.
  [[nodiscard]] static ready_op<result<void>> flush() noexcept { return result<void>{}; }
  [[nodiscard]] auto stat() noexcept {
    return pool_->run([this]() noexcept { return file_.stat(); });
  }
  [[nodiscard]] auto set_attributes(const attribute_change& change) noexcept {
    return pool_->run([this, &change]() noexcept { return file_.set_attributes(change); });
  }
  [[nodiscard]] auto seek(std::uint64_t offset, seek_target target) noexcept {
    return pool_->run([this, offset, target]() noexcept { return file_.seek(offset, target); });
  }
  [[nodiscard]] auto close() noexcept {
    return pool_->run([this]() noexcept { return file_.close(); });
  }

  [[nodiscard]] open_file& native() noexcept { return file_; }

 protected:
  pooled_calls(open_file file, blocking_pool& pool) noexcept : file_(std::move(file)), pool_(&pool) {}

  /// Blocks. Errors: as open(2); is_directory.
  template <class File>
  static result<File> open_as(std::string_view path, const open_options& how, blocking_pool& pool) noexcept {
    auto file = open_file::open(path, how);
    if (!file) return unexpected(std::move(file).error());
    return File(std::move(*file), pool);
  }

  open_file file_;
  blocking_pool* pool_;
};

}  // namespace randomio::local
