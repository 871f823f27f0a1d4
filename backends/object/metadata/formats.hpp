#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include <randomio/backends/object/metadata/dialect.hpp>

namespace randomio::object::metadata {

using texts = properties::texts;

/// How much of a dialect to write.
enum class extent_of_writing : std::uint8_t {
  whole,         ///< All that it can say.
  what_is_there  ///< Only names that the object has already.
};

/// One dialect: pure functions. `read` fills what is still empty; `write` sets its names.
struct format {
  void (*read)(const texts& from, posix& into);
  void (*write)(const posix& what, texts& to, extent_of_writing how);
};

extern const format aws_format;         ///< file-permissions, file-owner, …: FSx for Lustre, DataSync, File Gateway.
extern const format underscore_format;  ///< The same with `_`, where names must be identifiers (Azure).
extern const format plain_format;       ///< mode, uid, gid, mtime, …: what s3fs, rclone and geesefs all use.
extern const format s3fs_format;        ///< As it writes the plain names.
extern const format rclone_format;      ///< As it writes the plain names.
extern const format geesefs_format;     ///< rdev, --symlink-target.
extern const format s3sync_format;      ///< permissions, owner, group.
extern const format google_format;      ///< goog-reserved-*, gcsfuse_*.
extern const format azure_format;       ///< hdi_isfolder, is_symlink.

/// The value of a name, or nothing.
[[nodiscard]] std::optional<std::string_view> value_of(const texts& from, std::string_view name);
/// Sets a name, when there is something to say and the name is wanted.
void set(texts& to, std::string_view name, std::optional<std::string> value, extent_of_writing how);
/// Type and permission bits as one number, when both are known.
[[nodiscard]] std::optional<std::uint32_t> whole_mode(const posix& what) noexcept;
/// Takes type and permission bits from such a number; without type bits, permission bits alone.
void take_mode(std::optional<std::uint64_t> st_mode, posix& into);

template <class T>
void fill(std::optional<T>& empty, std::optional<T> value) {
  if (!empty) empty = std::move(value);
}

}  // namespace randomio::object::metadata
