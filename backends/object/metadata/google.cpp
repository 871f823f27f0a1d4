// What gsutil, s3fs and gcsfuse keep in Google's reserved names.
#include <cstdio>

#include <randomio/backends/object/metadata/formats.hpp>
#include <randomio/backends/object/metadata/values.hpp>

namespace randomio::object::metadata {

namespace {

constexpr std::string_view mode_name = "goog-reserved-posix-mode", uid_name = "goog-reserved-posix-uid",
                           gid_name = "goog-reserved-posix-gid", mtime_name = "goog-reserved-file-mtime",
                           atime_name = "goog-reserved-file-atime";

void read(const texts& from, posix& into) {
  if (const auto text = value_of(from, mode_name)) take_mode(octal(*text), into);
  if (const auto text = value_of(from, uid_name)) fill(into.uid, decimal_id(*text));
  if (const auto text = value_of(from, gid_name)) fill(into.gid, decimal_id(*text));
  if (const auto text = value_of(from, mtime_name)) fill(into.mtime, seconds(*text));
  if (const auto text = value_of(from, atime_name)) fill(into.atime, seconds(*text));
  if (const auto text = value_of(from, "gcsfuse_mtime")) fill(into.mtime, internet_date(*text));
  if (value_of(from, "goog-reserved-file-is-symlink") == "true") fill(into.type, std::optional(file_type::symlink));
  if (const auto target = value_of(from, "gcsfuse_symlink_target")) {
    fill(into.type, std::optional(file_type::symlink));
    fill(into.link_target, std::optional(std::string(*target)));
  }
}

void refresh(const posix& what, texts& to, extent_of_writing how) {
  if (what.mode) {
    char text[8];
    std::snprintf(text, sizeof text, "%o", *what.mode & 07777);
    set(to, mode_name, text, how);
  }
  if (what.uid) set(to, uid_name, std::to_string(*what.uid), how);
  if (what.gid) set(to, gid_name, std::to_string(*what.gid), how);
  if (what.mtime) {
    set(to, mtime_name, std::to_string(what.mtime->seconds), how);
    set(to, "gcsfuse_mtime", internet_date_text(*what.mtime), how);
  }
  if (what.atime) set(to, atime_name, std::to_string(what.atime->seconds), how);
}

}  // namespace

const format google_format{.read = read, .write = refresh};

}  // namespace randomio::object::metadata
