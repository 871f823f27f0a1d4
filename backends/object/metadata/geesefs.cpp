#include <randomio/backends/object/metadata/formats.hpp>
#include <randomio/backends/object/metadata/values.hpp>

namespace randomio::object::metadata {

namespace {

void read_geesefs(const texts& from, posix& into) {
  if (const auto text = value_of(from, "rdev")) {
    if (const auto dev = decimal(*text)) fill(into.device, std::optional(device_of(*dev)));
  }
  if (const auto target = value_of(from, "--symlink-target")) {
    fill(into.type, std::optional(file_type::symlink));
    fill(into.link_target, std::optional(std::string(*target)));
  }
}

void refresh_geesefs(const posix& what, texts& to, extent_of_writing how) {
  if (what.device) set(to, "rdev", std::to_string(dev_of(*what.device)), how);
}

void read_s3sync(const texts& from, posix& into) {
  if (const auto text = value_of(from, "permissions")) take_mode(decimal(*text), into);
  if (const auto text = value_of(from, "owner")) fill(into.uid, decimal_id(*text));
  if (const auto text = value_of(from, "group")) fill(into.gid, decimal_id(*text));
}

void refresh_s3sync(const posix& what, texts& to, extent_of_writing how) {
  if (what.mode) set(to, "permissions", std::to_string(*what.mode), how);
  if (what.uid) set(to, "owner", std::to_string(*what.uid), how);
  if (what.gid) set(to, "group", std::to_string(*what.gid), how);
}

}  // namespace

const format geesefs_format{.read = read_geesefs, .write = refresh_geesefs};
const format s3sync_format{.read = read_s3sync, .write = refresh_s3sync};

}  // namespace randomio::object::metadata
