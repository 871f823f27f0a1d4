#pragma once

#include <cstdint>
#include <optional>

namespace randomio {

enum class file_type : std::uint8_t { regular, directory, symlink, fifo, socket, char_device, block_device };

/// A point in time since the Unix epoch. Units: seconds and nanoseconds in [0, 1e9). Source: timespec(3).
struct timestamp {
  std::int64_t seconds = 0;
  std::uint32_t nanoseconds = 0;
  friend constexpr auto operator<=>(const timestamp&, const timestamp&) = default;
};

/// What a backend knows of a file. Source: stat(2), statx(2).
struct attributes {
  file_type type = file_type::regular;
  std::uint32_t mode = 0;  ///< Permission bits, set-id and sticky: 07777.
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t ino = 0;  ///< Stable for the life of the file, unique within the backend.
  std::uint64_t nlink = 1;
  std::uint64_t size = 0;    ///< Bytes.
  std::uint64_t blocks = 0;  ///< Allocated, in units of 512 bytes.
  std::uint32_t block_size = 4096;
  std::uint64_t device = 0;  ///< major << 32 | minor, for device files.
  timestamp atime = {}, mtime = {}, ctime = {};
  std::optional<timestamp> btime = {};
};

/// The owner of a new file. Backends without owners ignore it.
struct ownership {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

/// What a new file, directory or link is made with.
///
/// A directory with the set-group-id bit gives its group to what is made in it, and the bit to new
/// directories, where the backend has modes.
struct creation {
  std::uint32_t mode = 0666;  ///< Final: any umask was applied by the caller.
  std::optional<ownership> owner = {};
};

/// What to change; what is empty stays. Source: chmod(2), chown(2), truncate(2), utimensat(2).
struct attribute_change {
  std::optional<std::uint32_t> mode = {};
  std::optional<std::uint32_t> uid = {};
  std::optional<std::uint32_t> gid = {};
  std::optional<std::uint64_t> size = {};
  std::optional<timestamp> atime = {};
  std::optional<timestamp> mtime = {};
  bool atime_now = false;  ///< The backend's own clock, at once with the change.
  bool mtime_now = false;
  bool drop_privileges = false;  ///< Also clear set-user-id and (with group execute) set-group-id, as a write does.
};

/// Space and inodes of a store. Source: statvfs(3).
struct space_usage {
  std::uint64_t block_size = 4096;
  std::uint64_t blocks = 0;
  std::uint64_t blocks_free = 0;
  std::uint64_t blocks_available = 0;
  std::uint64_t files = 0;
  std::uint64_t files_free = 0;
  std::uint32_t name_max = 255;
};

}  // namespace randomio
