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
/// Threads: the counter belongs to the inode table; what `note` notes is safe; the rest never changes.
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
    told.store(mark_of(seen), std::memory_order_relaxed);
  }
  /// Whether the content is another one than the kernel was last told of.
  [[nodiscard]] bool is_news(const randomio::attributes& seen) const noexcept {
    return told.load(std::memory_order_relaxed) != mark_of(seen);
  }

 private:
  [[nodiscard]] static std::uint64_t mark_of(const randomio::attributes& seen) noexcept {
    constexpr std::uint64_t spread = 0x9e3779b97f4a7c15;
    const auto ns = static_cast<std::uint64_t>(seen.mtime.seconds) * 1'000'000'000 + seen.mtime.nanoseconds;
    return (seen.size * spread) ^ ns;
  }

  std::atomic<std::uint64_t> told = 0;
};

}  // namespace randomiofs
