#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <randomio/backends/object/limits.hpp>
#include <randomio/core/io/error.hpp>

/// Names of files and keys of objects. A file `dir/name` is the object of that key; a directory is the object
/// `dir/name/`, or nothing but keys that start so.
namespace randomio::object {

inline constexpr std::size_t name_bytes_max = 255;  ///< Of one path segment. Source: NAME_MAX, limits.h(0p).

/// What an object `a` is shown as while there is a directory `a` too, which has the name.
inline constexpr std::string_view shadowed_suffix = "~object";

/// Objects that live on without a name: never listed, and removed when they are stale.
inline constexpr std::string_view hidden_prefix = ".randomiofs/";

/// Source: RFC 3629 §3: no overlong forms, no surrogates.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// True when a file can be called so: not empty, `.` or `..`, no slash or NUL in it, not too long.
[[nodiscard]] bool is_nameable(std::string_view segment) noexcept;

/// The key of a file in a directory, whose own key has no slash at its end; the root's is empty.
[[nodiscard]] std::string key_below(std::string_view directory, std::string_view name);
/// The key of a directory's marker, which is also the prefix of all in it; the root's is empty.
[[nodiscard]] std::string marker_of(std::string_view directory);
[[nodiscard]] std::string_view parent_of(std::string_view key) noexcept;
[[nodiscard]] std::string_view last_segment(std::string_view key) noexcept;
/// True when `key` is `directory` or lies below it.
[[nodiscard]] bool is_within(std::string_view key, std::string_view directory) noexcept;
[[nodiscard]] bool is_hidden(std::string_view key) noexcept;

/// Whether a file of this key can be made.
///
/// Errors: bad_sequence, when it is not UTF-8; name_too_long; not_permitted, for what is hidden.
[[nodiscard]] result<void> check_key(std::string_view key, const limits& allowed) noexcept;

/// An inode number for a key: the same on every mount. `again` gives others, should one be taken.
[[nodiscard]] std::uint64_t number_of(std::string_view key, std::uint64_t again = 0) noexcept;

}  // namespace randomio::object
