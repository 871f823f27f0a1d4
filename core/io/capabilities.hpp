#pragma once

#include <cstdint>
#include <limits>

namespace randomio {

/// What a backend can do, and its limits. Data, not code: callers ask before they rely on something.
struct capabilities {
  bool write = true;          ///< The store takes writes at all.
  bool random_write = true;   ///< write_at anywhere, in place.
  bool atomic_append = true;  ///< append is atomic against other appenders of the same store.
  bool modes = false;         ///< Permission bits, owners and times to the nanosecond are kept.
  bool hard_links = false;
  bool symlinks = false;
  bool special_files = false;  ///< fifo, socket and device nodes.
  bool xattrs = false;
  bool temporary_files = false;  ///< open(temporary): files that have no name until one is linked.
  bool removed_nodes = true;     ///< A held node whose name is gone can still be opened; open files always live on.
  bool sparse = false;           ///< Holes take no space; allocate(punch) and seek work.
  bool rename_no_replace = false;
  bool rename_exchange = false;
  bool conditional_put = false;  ///< Put honours preconditions.
  bool conditional_delete = false;
  bool copy_range = false;          ///< Copies inside the store.
  bool publishes_on_flush = false;  ///< A file's flush makes what was written visible to others, at a cost.
  bool exclusive = false;           ///< Nobody else can change the store: what was read may be kept until written.
  std::uint32_t name_bytes_max = 255;
  std::uint64_t file_bytes_max = std::numeric_limits<std::int64_t>::max();
  std::uint32_t alignment = 1;  ///< Offsets and sizes must be multiples of it (block devices, O_DIRECT).
};

}  // namespace randomio
