#pragma once

#include <cstdint>
#include <memory>

#include <randomio/core/io/dyn_filesystem.hpp>

namespace randomiofs {

struct mounted_backend;
struct mount_point;

/// A file that the kernel knows, or a directory of the mount table.
///
/// Threads: the counter belongs to the inode table; the rest never changes.
struct inode {
  std::shared_ptr<randomio::dyn_node> node;  ///< Null in a directory that only holds mount points.
  mounted_backend* store = nullptr;          ///< Null likewise.
  const mount_point* mount = nullptr;        ///< Set for directories of the mount table, which are never forgotten.
  std::uint64_t ino = 0;                     ///< What stat(2) shows, for messages; 0 in a mount point.
  std::uint64_t lookups = 0;
};

}  // namespace randomiofs
