// Source: AWS, "FSx for Lustre User Guide", POSIX metadata support for data repositories.
#include <cstdio>

#include <randomio/backends/object/metadata/formats.hpp>
#include <randomio/backends/object/metadata/values.hpp>

namespace randomio::object::metadata {

namespace {

struct names {
  std::string_view permissions, owner, group, atime, mtime, ctime;
};

// `file-ctime` is not AWS's: a fork of s5cmd adds it, and nothing else keeps the time of the last change.
constexpr names with_dashes{"file-permissions", "file-owner", "file-group", "file-atime", "file-mtime", "file-ctime"};
constexpr names with_underscores{"file_permissions", "file_owner", "file_group",
                                 "file_atime",       "file_mtime", "file_ctime"};

void read(const names& called, const texts& from, posix& into) {
  if (const auto text = value_of(from, called.permissions)) take_mode(octal(*text), into);
  if (const auto text = value_of(from, called.owner)) fill(into.uid, decimal_id(*text));
  if (const auto text = value_of(from, called.group)) fill(into.gid, decimal_id(*text));
  if (const auto text = value_of(from, called.atime)) fill(into.atime, nanoseconds(*text));
  if (const auto text = value_of(from, called.mtime)) fill(into.mtime, nanoseconds(*text));
  if (const auto text = value_of(from, called.ctime)) fill(into.ctime, nanoseconds(*text));
}

std::optional<std::string> text_of(const std::optional<timestamp>& t) {
  if (!t) return std::nullopt;
  return nanoseconds_text(*t);
}

std::optional<std::string> text_of(const std::optional<std::uint32_t>& id) {
  if (!id) return std::nullopt;
  return std::to_string(*id);
}

void write(const names& called, const posix& what, texts& to, extent_of_writing how) {
  if (const auto mode = whole_mode(what)) {
    char text[16];
    std::snprintf(text, sizeof text, "%07o", *mode);
    set(to, called.permissions, text, how);
  }
  set(to, called.owner, text_of(what.uid), how);
  set(to, called.group, text_of(what.gid), how);
  set(to, called.atime, text_of(what.atime), how);
  set(to, called.mtime, text_of(what.mtime), how);
  set(to, called.ctime, text_of(what.ctime), how);
  // No name of its own for a device's number: geesefs's is understood by others.
  if (what.device && *what.device != 0 && how == extent_of_writing::whole) {
    set(to, "rdev", std::to_string(dev_of(*what.device)), how);
  }
}

}  // namespace

const format aws_format{
    .read = [](const texts& from, posix& into) { read(with_dashes, from, into); },
    .write = [](const posix& what, texts& to, extent_of_writing how) { write(with_dashes, what, to, how); }};

const format underscore_format{
    .read = [](const texts& from, posix& into) { read(with_underscores, from, into); },
    .write = [](const posix& what, texts& to, extent_of_writing how) { write(with_underscores, what, to, how); }};

}  // namespace randomio::object::metadata
