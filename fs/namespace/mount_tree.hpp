#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/core/io/dyn_filesystem.hpp>

#include "fs/namespace/inode.hpp"

namespace randomiofs {

/// A backend and where in the tree it appears.
struct mounted_backend {
  std::string path;  ///< "/" or "/a/b".
  std::string name;  ///< As in `[backend.NAME]`, for messages.
  randomio::dyn_fs fs;
  std::uint64_t ino_base = 0;  ///< Makes inode numbers of different backends differ; set by the tree.
};

/// A directory of the mount table: the root, a place where a backend appears, or one on the way there.
struct mount_point {
  std::string name;
  mount_point* parent = nullptr;  ///< Null at the root.
  std::map<std::string, std::unique_ptr<mount_point>, std::less<>> children;
  inode self;
  randomio::attributes synthetic;  ///< What stat(2) shows where there is no backend.
};

/// The mount table: which path shows which backend. Built once; a child hides a backend's entry of the same name.
///
/// Threads: immutable, so safe.
class mount_tree {
 public:
  /// Errors: invalid, naming the path: not absolute, `.` or `..` or an empty segment in it, or used twice;
  ///         a backend mounted twice.
  [[nodiscard]] static randomio::result<std::unique_ptr<mount_tree>> make(std::vector<mounted_backend> backends);

  [[nodiscard]] mount_point& root() noexcept { return root_; }
  [[nodiscard]] std::vector<mounted_backend>& backends() noexcept { return backends_; }

 private:
  mount_tree() = default;
  randomio::result<void> add(mounted_backend& backend);

  std::vector<mounted_backend> backends_;
  mount_point root_;
  std::uint64_t made_ = 0;
};

}  // namespace randomiofs
