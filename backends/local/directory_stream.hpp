#pragma once

#include <array>
#include <mutex>
#include <utility>

#include <randomio/backends/local/descriptor.hpp>
#include <randomio/backends/local/name_stream.hpp>

namespace randomio::local {

/// The names in one directory, by the kernel's own positions, which stay good while names come and go.
///
/// Source: getdents64(2).
class directory_stream final : public name_stream {
 public:
  /// `fd`: open for reading. `device`: of the directory; `home_device`: of the root.
  directory_stream(descriptor fd, std::uint64_t device, std::uint64_t home_device) noexcept
      : fd_(std::move(fd)), device_(device), home_device_(home_device) {}

  result<page> read(std::uint64_t position, std::size_t limit) override;
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  result<void> go_to(std::uint64_t position) noexcept;
  result<bool> fill() noexcept;

  descriptor fd_;
  std::uint64_t device_;
  std::uint64_t home_device_;
  std::mutex turn_;
  std::uint64_t position_ = 0;  ///< Of the entry at `begin_`; when the buffer is empty, of the descriptor.
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  alignas(std::uint64_t) std::array<char, 16384> buffer_;
};

}  // namespace randomio::local
