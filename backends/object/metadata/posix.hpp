#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <randomio/core/io/attributes.hpp>

namespace randomio::object::metadata {

/// What the metadata of an object says of the file it stands for. What nobody said is empty.
struct posix {
  std::optional<file_type> type;
  std::optional<std::uint32_t> mode;  ///< 07777.
  std::optional<std::uint32_t> uid, gid;
  std::optional<std::uint64_t> device;  ///< major << 32 | minor.
  std::optional<timestamp> atime, mtime, ctime;
  std::optional<std::string> link_target;  ///< Of a symbolic link whose body is not its target.
};

}  // namespace randomio::object::metadata
