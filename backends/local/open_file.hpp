#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <randomio/backends/local/descriptor.hpp>
#include <randomio/core/io/file.hpp>

namespace randomio::local {

/// An open descriptor and the blocking calls on it: what every kind of local file is made of.
///
/// Threads: concurrent calls are safe, but for `close`.
class open_file {
 public:
  open_file() noexcept = default;
  /// `home_device`: of the root, for inode numbers; see `file_status::describe`.
  open_file(descriptor fd, std::uint64_t home_device) noexcept : fd_(std::move(fd)), home_device_(home_device) {}

  /// Opens a file by a path of the process, without a root to stay in.
  ///
  /// Errors: as open(2); is_directory.
  static result<open_file> open(std::string_view path, const open_options& how) noexcept;

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] std::uint64_t home_device() const noexcept { return home_device_; }

  result<std::uint64_t> append(std::span<const std::byte> data) noexcept;
  result<void> sync(bool data_only) noexcept;
  result<attributes> stat() noexcept;
  result<attributes> set_attributes(const attribute_change& change) noexcept;
  result<void> allocate(allocate_mode mode, std::uint64_t offset, std::uint64_t len) noexcept;
  result<std::uint64_t> seek(std::uint64_t offset, seek_target target) noexcept;
  result<void> close() noexcept;

 private:
  descriptor fd_;
  std::uint64_t home_device_ = 0;
};

/// The flags of open(2) for the options; O_NONBLOCK is in it, so that opening a fifo does not wait for a writer.
/// `finish_open` takes it off again.
[[nodiscard]] int open_flags(const open_options& how) noexcept;

/// Makes a file of what open(2) returned. Errors: is_directory.
result<open_file> finish_open(descriptor fd, const open_options& how, std::uint64_t home_device) noexcept;

/// For files that stand alone, whose inode numbers are the kernel's.
inline constexpr std::uint64_t own_device = ~std::uint64_t{0};

}  // namespace randomio::local
