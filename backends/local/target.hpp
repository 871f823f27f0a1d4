#pragma once

#include <string_view>
#include <utility>

#include <randomio/backends/local/path_text.hpp>
#include <randomio/backends/local/tree.hpp>

namespace randomio::local {

/// A file that exists, found from a node and a path: an O_PATH descriptor, the node's own for an empty path.
/// A symbolic link as the last component is the file.
class target {
 public:
  target() noexcept = default;
  explicit target(descriptor fd) noexcept : fd_(fd.get()), owned_(std::move(fd)) {}
  static result<target> find(tree& in, node& at, std::string_view path, operation op);

  [[nodiscard]] int fd() const noexcept { return fd_; }
  /// The descriptor, when it was opened for this target and not lent by the node.
  [[nodiscard]] descriptor& owned() noexcept { return owned_; }

 private:
  int fd_ = -1;
  descriptor owned_;
};

/// A name in a directory, there or not: the directory, resolved, and the last component of a path, with the
/// slashes that followed it. Calls that take a parent and a name never follow that name.
class place {
 public:
  static result<place> find(tree& in, node& at, std::string_view path, operation op);

  [[nodiscard]] int directory() const noexcept { return directory_.fd(); }
  [[nodiscard]] const char* name() const noexcept { return name_; }

 private:
  target directory_;
  char name_[PATH_MAX];
};

}  // namespace randomio::local
