// The names that s3fs, rclone and geesefs share, with values in each one's own form.
#include <cstdio>

#include <randomio/backends/object/metadata/formats.hpp>
#include <randomio/backends/object/metadata/values.hpp>

namespace randomio::object::metadata {

namespace {

struct plain_mode {
  std::uint64_t st_mode = 0;
  bool in_octal = false;
};

/// s3fs writes a decimal number and rclone an octal one, under one name. A decimal that is no file's mode is octal:
/// true for all that s3fs writes, and for all that rclone writes but directories of mode 1471. So is one that begins
/// with a 0, which neither writes: we do, where the number alone would be read as the decimal one.
std::optional<plain_mode> mode_of(std::string_view text) {
  constexpr std::uint64_t highest = 0177777;
  const auto value = decimal(text);
  if (value && *value <= highest && !text.starts_with('0')) {
    const auto type = type_of(*value);
    if (type && (*type != file_type::symlink || (*value & 07777) == 0777)) return plain_mode{*value, false};
  }
  const auto other = octal(text);
  if (!other || *other > highest) return std::nullopt;
  return plain_mode{*other, true};
}

std::optional<timestamp> time_of(std::string_view text) {
  const auto number = seconds(text);
  return number ? number : internet_date(text);
}

/// In the form that it had.
std::string time_text(std::string_view before, timestamp t) {
  if (before.find('T') != std::string_view::npos) return internet_date_text(t);
  if (decimal(before)) return std::to_string(t.seconds);
  return seconds_text(t);
}

void refresh(texts& to, std::string_view name, const std::optional<timestamp>& t) {
  const auto before = value_of(to, name);
  if (before && t) set(to, name, time_text(*before, *t), extent_of_writing::what_is_there);
}

void refresh(texts& to, std::string_view name, const std::optional<std::uint32_t>& id) {
  if (id) set(to, name, std::to_string(*id), extent_of_writing::what_is_there);
}

std::string octal_text(std::uint32_t mode) {
  char text[16];
  const auto written = std::snprintf(text, sizeof text, "0%o", mode);
  const std::string_view marked(text, static_cast<std::size_t>(written)), bare = marked.substr(1);
  const auto read = mode_of(bare);
  return std::string(read && read->in_octal ? bare : marked);
}

void read_plain(const texts& from, posix& into) {
  if (const auto text = value_of(from, "mode")) {
    if (const auto mode = mode_of(*text)) take_mode(mode->st_mode, into);
  }
  if (const auto text = value_of(from, "uid")) fill(into.uid, decimal_id(*text));
  if (const auto text = value_of(from, "gid")) fill(into.gid, decimal_id(*text));
  if (const auto text = value_of(from, "atime")) fill(into.atime, time_of(*text));
  if (const auto text = value_of(from, "mtime")) fill(into.mtime, time_of(*text));
  if (const auto text = value_of(from, "ctime")) fill(into.ctime, time_of(*text));
}

void refresh_plain(const posix& what, texts& to, extent_of_writing) {
  const auto before = value_of(to, "mode");
  const auto mode = whole_mode(what);
  if (before && mode) {
    const auto form = mode_of(*before);
    set(to, "mode", form && !form->in_octal ? std::to_string(*mode) : octal_text(*mode),
        extent_of_writing::what_is_there);
  }
  refresh(to, "uid", what.uid);
  refresh(to, "gid", what.gid);
  refresh(to, "atime", what.atime);
  refresh(to, "mtime", what.mtime);
  refresh(to, "ctime", what.ctime);
}

void write_ids(const posix& what, texts& to) {
  if (what.uid) set(to, "uid", std::to_string(*what.uid), extent_of_writing::whole);
  if (what.gid) set(to, "gid", std::to_string(*what.gid), extent_of_writing::whole);
  if (what.device && *what.device != 0) {
    set(to, "rdev", std::to_string(dev_of(*what.device)), extent_of_writing::whole);
  }
}

void write_time(texts& to, std::string_view name, const std::optional<timestamp>& t) {
  if (t) set(to, name, seconds_text(*t), extent_of_writing::whole);
}

void write_s3fs(const posix& what, texts& to, extent_of_writing) {
  if (const auto mode = whole_mode(what)) set(to, "mode", std::to_string(*mode), extent_of_writing::whole);
  write_ids(what, to);
  write_time(to, "atime", what.atime);
  write_time(to, "mtime", what.mtime);
  write_time(to, "ctime", what.ctime);
}

void write_rclone(const posix& what, texts& to, extent_of_writing) {
  if (const auto mode = whole_mode(what)) set(to, "mode", octal_text(*mode), extent_of_writing::whole);
  write_ids(what, to);
  write_time(to, "mtime", what.mtime);
  if (what.atime) set(to, "atime", internet_date_text(*what.atime), extent_of_writing::whole);
}

}  // namespace

const format plain_format{.read = read_plain, .write = refresh_plain};
const format s3fs_format{.read = read_plain, .write = write_s3fs};
const format rclone_format{.read = read_plain, .write = write_rclone};

}  // namespace randomio::object::metadata
