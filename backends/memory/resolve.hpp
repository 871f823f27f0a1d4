#pragma once

#include <string_view>

#include <randomio/backends/memory/node.hpp>

namespace randomio::memory {

/// Where a path leads.
struct resolved {
  node* parent = nullptr;         ///< The directory of the last component; null when that is empty, `.` or `..`.
  std::string_view name;          ///< The last component.
  node* found = nullptr;          ///< Null when the parent has no such name.
  bool directory_wanted = false;  ///< The path ended in a slash.
};

enum class last_component : std::uint8_t { as_it_is, follow };

/// Walks `path` from `at`, following symbolic links on the way and, when asked, at its end.
///
/// Errors:  not_found and not_directory for what is on the way; name_too_long; loop; cross_device for what
///          leads outside: an absolute path or link, `..` above the root.
/// Borrows: the result refers to the path and the tree: the tree lock must be held while it is used.
/// Source:  path_resolution(7); openat2(2), RESOLVE_BENEATH.
[[nodiscard]] result<resolved> resolve(node& root, node& at, std::string_view path, last_component last) noexcept;

}  // namespace randomio::memory
