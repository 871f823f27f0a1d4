#pragma once

#include <sys/stat.h>

#include <cstdint>

#include <randomio/core/io/attributes.hpp>
#include <randomio/core/io/error.hpp>

namespace randomio::local {

/// Which inode: unique while a descriptor to it is open.
struct file_id {
  std::uint64_t device = 0;
  std::uint64_t ino = 0;
  friend constexpr bool operator==(const file_id&, const file_id&) = default;
};

/// What the kernel says of one file. Source: statx(2).
class file_status {
 public:
  /// Of an open descriptor, O_PATH included. Block devices get their size from BLKGETSIZE64 when `fd` can do that.
  static result<file_status> of(int fd, operation op) noexcept;
  /// Of a name in a directory, itself when it is a symbolic link.
  static result<file_status> of(int directory, const char* name, operation op) noexcept;

  [[nodiscard]] file_id id() const noexcept;
  [[nodiscard]] file_type type() const noexcept;
  [[nodiscard]] std::uint32_t permissions() const noexcept { return raw_.stx_mode & 07777U; }
  [[nodiscard]] std::uint32_t uid() const noexcept { return raw_.stx_uid; }
  [[nodiscard]] std::uint64_t size() const noexcept { return raw_.stx_size; }
  [[nodiscard]] timestamp mtime() const noexcept;
  [[nodiscard]] timestamp ctime() const noexcept;

  /// As the traits describe it. Inode numbers of other filesystems mounted below the root are mixed with their
  /// device's, so that they do not collide with those of `home_device`, the root's.
  [[nodiscard]] attributes describe(std::uint64_t home_device) const noexcept;
  [[nodiscard]] static std::uint64_t public_ino(file_id id, std::uint64_t home_device) noexcept;

 private:
  struct statx raw_{};
};

/// The type behind the format bits of a mode. Source: inode(7).
[[nodiscard]] file_type type_of_mode(std::uint32_t mode) noexcept;

}  // namespace randomio::local
