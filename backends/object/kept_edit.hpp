#pragma once

#include <istream>
#include <optional>
#include <string>

#include <randomio/backends/object/editing.hpp>
#include <randomio/backends/object/extents.hpp>
#include <randomio/backends/object/staging.hpp>

namespace randomio::object {

/// What was edited of an object, and cannot be published, as files that a person or a program can use.
struct kept_edit {
  const std::string& key;
  const std::optional<description>& base;  ///< What was edited; nothing for a new object.
  const extents& list;
};

/// Writes `PATH.data`, the bytes that were written, one range after another, and `PATH.manifest`, which says in lines
/// what they are and where they belong: `key KEY`, `base ETAG` or `base none`, `size BYTES`, and for each range
/// `bytes OFFSET LENGTH`, `hole OFFSET LENGTH`, `copy OFFSET LENGTH FROM KEY`, or `lost OFFSET LENGTH` for what was
/// sent already and is nowhere else. The rest is as in the base. In a KEY control characters and `%` are
/// percent-encoded, so that a line is one.
///
/// Returns: how many bytes are lost.
/// Errors:  no_space, also without a directory for such files.
[[nodiscard]] task<result<std::uint64_t>> keep_edit(editing& with, const staging& staged, kept_edit what,
                                                    std::string path);

/// The key that a manifest begins with; empty when it does not.
[[nodiscard]] std::string kept_key(std::istream& manifest);

}  // namespace randomio::object
