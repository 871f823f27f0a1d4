#pragma once

#include <cstdint>

#include <randomio/backends/object/metadata/posix.hpp>
#include <randomio/backends/object/properties.hpp>

/// How modes, owners, times and types of files are kept in the user metadata of objects. There is no standard:
/// each program has its own names. All are read; one is written.
namespace randomio::object::metadata {

enum class dialect : std::uint8_t {
  aws,     ///< FSx, DataSync, File Gateway: `file-permissions`, `file-owner`, `file-mtime`, …
  azure,   ///< The same in identifiers, which is what names are there: `file_permissions`, `file_owner`, …
  s3fs,    ///< s3fs: `mode`, `uid`, `mtime`, … in decimal.
  rclone,  ///< rclone with --metadata: `mode` in octal, `mtime` in seconds.
  none,    ///< Nothing is added.
};

/// What a new mount writes when nobody chose.
inline constexpr dialect usual = dialect::aws;

/// What all dialects together say. Names that say the same are read in this order: file-*, file_*, the plain names
/// of s3fs, rclone and geesefs, s3sync's, Google's, Azure's.
[[nodiscard]] posix read(const properties::texts& from);

/// Writes in one dialect, and refreshes whatever another dialect said of the same, so that no reader finds two
/// truths. Names that belong to no dialect stay.
void write(const posix& what, dialect as, properties::texts& to);

/// Marks a directory or a symbolic link as blobfuse2, AzCopy and rclone do, and mounts of Hadoop. Nothing, for others.
void mark_type(file_type type, properties::texts& to);
/// True when an object of this metadata is such a mark of a directory, also without a slash at the end of its key.
[[nodiscard]] bool marks_directory(const properties::texts& from);

/// Bytes that count against `limits::metadata_bytes_max`: names and values.
[[nodiscard]] std::uint64_t size_of(const properties::texts& all) noexcept;

}  // namespace randomio::object::metadata
