#pragma once

#include <map>
#include <string>

#include <randomio/backends/object/properties.hpp>
#include <randomio/core/io/error.hpp>

/// Extended attributes as s3fs keeps them: one name, `xattr`, with URL-encoded JSON of base64 values. Whatever the
/// dialect, because no other program has a place for them.
namespace randomio::object::metadata {

using xattrs = std::map<std::string, std::string, std::less<>>;  ///< Values are bytes.

/// What cannot be read counts as none.
[[nodiscard]] xattrs read_xattrs(const properties::texts& from);

/// Errors: bad_sequence, when a name is not UTF-8, which JSON needs.
result<void> write_xattrs(const xattrs& all, properties::texts& to);

}  // namespace randomio::object::metadata
