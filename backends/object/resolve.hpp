#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <randomio/backends/object/volume.hpp>

namespace randomio::object {

/// Where a path leads.
struct place {
  std::shared_ptr<node> parent;   ///< The directory of the last component; null when that is empty, `.` or `..`.
  std::string name;               ///< The last component.
  std::shared_ptr<node> found;    ///< Null when the parent has no such name.
  bool directory_wanted = false;  ///< The path ended in a slash.
};

enum class last_component : std::uint8_t { as_it_is, follow };

/// Walks `path` from `at`, following symbolic links on the way and, when asked, at its end.
///
/// Errors:  not_found and not_directory for what is on the way; name_too_long; loop; cross_device for what
///          leads outside: an absolute path or link, `..` above the root; the store's.
/// Source:  path_resolution(7); openat2(2), RESOLVE_BENEATH.
[[nodiscard]] task<result<place>> resolve(volume& in, std::shared_ptr<node> at, std::string path, last_component last,
                                          stop_token stop = {});

}  // namespace randomio::object
