#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include <randomio/core/io/attributes.hpp>
#include <randomio/core/io/dyn_filesystem.hpp>

namespace randomiofs {

struct mounted_backend;
struct mount_point;

/// A file that the kernel knows, or a directory of the mount table.
///
/// Threads: the counter belongs to the inode table; `set_id` is safe; the rest never changes.
struct inode {
  std::shared_ptr<randomio::dyn_node> node;  ///< Null in a directory that only holds mount points.
  mounted_backend* store = nullptr;          ///< Null likewise.
  const mount_point* mount = nullptr;        ///< Set for directories of the mount table, which are never forgotten.
  std::uint64_t ino = 0;                     ///< What stat(2) shows, for messages; 0 in a mount point.
  std::uint64_t lookups = 0;
  std::atomic<bool> set_id = false;  ///< When it was last looked at, the file had a set-user-id or set-group-id bit.

  void note(const randomio::attributes& seen) noexcept {
    constexpr std::uint32_t set_id_bits = 06000;
    set_id.store((seen.mode & set_id_bits) != 0, std::memory_order_relaxed);
  }
};

}  // namespace randomiofs
