#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <randomio/core/io/dyn_filesystem.hpp>
#include <randomio/core/runtime/task.hpp>

#include "fs/namespace/mount_tree.hpp"

namespace randomiofs {

/// One open of a directory through the mount: `.` and `..`, then the mount points in it, then what the backend
/// lists. The kernel's offset is the number of entries given before; the backend's own positions, which may use
/// all 63 bits, stay in here.
///
/// Threads: safe; two readers at once may both fetch the same page.
class open_directory : public std::enable_shared_from_this<open_directory> {
 public:
  /// Without a listing the directory holds mount points only. Borrows: `node` and what it refers to.
  open_directory(inode& node, std::uint64_t ino, std::optional<randomio::dyn_listing> listing);

  struct item {
    std::string name;
    std::uint64_t ino = 0;
    randomio::file_type type = randomio::file_type::directory;
    const mount_point* mount = nullptr;  ///< Set when the item is a mount point.
    bool special = false;                ///< `.` or `..`.
    bool type_known = true;              ///< False: only stat(2) tells.
    bool hidden = false;                 ///< A mount point of the same name covers it: not to be shown.
  };

  [[nodiscard]] inode& node() const noexcept { return node_; }

  /// The entry at `index`, or nothing at the end. Index 0 starts again from the current content.
  randomio::task<randomio::result<std::optional<item>>> at(std::uint64_t index, randomio::stop_token stop = {});

 private:
  using page = std::vector<randomio::directory_entry>;

  [[nodiscard]] item item_of(const randomio::directory_entry& listed) const;
  [[nodiscard]] std::optional<item> fixed_item(std::uint64_t index) const;
  /// The cached entry of the backend's listing with this number.
  [[nodiscard]] std::optional<item> cached_item(std::uint64_t number);

  inode& node_;
  const std::uint64_t ino_;
  std::optional<randomio::dyn_listing> listing_;
  std::vector<const mount_point*> mounts_;

  std::mutex mutex_;
  std::vector<std::uint64_t> positions_{0};  ///< The backend's position before the entry with each number.
  std::uint64_t page_start_ = 0;
  page page_;
};

}  // namespace randomiofs
