#pragma once

#include <utility>

#include <randomio/backends/local/descriptor_io.hpp>
#include <randomio/backends/local/immediate_op.hpp>
#include <randomio/backends/local/open_file.hpp>

namespace randomio::local {

/// A file whose operations block the calling thread and are complete when awaited: no loop, no thread pool.
/// Reading through it compiles to a pread loop. For tools and for threads that may wait; not for a loop.
///
/// Threads: concurrent calls are safe, but for `close`.
class sync_file {
 public:
  sync_file() noexcept = default;
  explicit sync_file(open_file file) noexcept : file_(std::move(file)) {}

  /// Errors: as open(2); is_directory.
  static result<sync_file> open(std::string_view path, const open_options& how = {}) noexcept {
    auto file = open_file::open(path, how);
    if (!file) return unexpected(std::move(file).error());
    return sync_file(std::move(*file));
  }

  [[nodiscard]] auto read_at(std::uint64_t offset, mutable_buffer out) noexcept {
    return immediate_op([fd = file_.fd(), offset, out] { return read_fully(fd, offset, out); });
  }
  [[nodiscard]] auto write_at(std::uint64_t offset, const_buffer data) noexcept {
    return immediate_op([fd = file_.fd(), offset, data] { return write_fully(fd, offset, data); });
  }
  [[nodiscard]] auto append(const_buffer data) noexcept {
    return immediate_op([this, data]() noexcept { return file_.append(data); });
  }
  /// Nothing is held back: what was written is the kernel's already.
  [[nodiscard]] static ready_op<result<void>> flush() noexcept { return result<void>{}; }
  [[nodiscard]] auto sync(bool data_only = false) noexcept {
    return immediate_op([this, data_only]() noexcept { return file_.sync(data_only); });
  }
  [[nodiscard]] auto stat() noexcept {
    return immediate_op([this]() noexcept { return file_.stat(); });
  }
  [[nodiscard]] auto set_attributes(const attribute_change& change) noexcept {
    return immediate_op([this, &change]() noexcept { return file_.set_attributes(change); });
  }
  [[nodiscard]] auto allocate(allocate_mode mode, std::uint64_t offset, std::uint64_t len) noexcept {
    return immediate_op([this, mode, offset, len]() noexcept { return file_.allocate(mode, offset, len); });
  }
  [[nodiscard]] auto seek(std::uint64_t offset, seek_target target) noexcept {
    return immediate_op([this, offset, target]() noexcept { return file_.seek(offset, target); });
  }
  [[nodiscard]] auto close() noexcept {
    return immediate_op([this]() noexcept { return file_.close(); });
  }

  [[nodiscard]] open_file& native() noexcept { return file_; }

 private:
  open_file file_;
};

static_assert(file<sync_file>);

}  // namespace randomio::local
