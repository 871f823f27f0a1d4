#include <algorithm>

#include "fs/config/sections.hpp"
#include "fs/config/suggestion.hpp"
#include "fs/config/table_reader.hpp"

namespace randomiofs::config {
namespace {

/// The path without trailing slashes; empty when it cannot be one of a mount.
std::string checked_path(std::string_view path) {
  if (!path.starts_with('/')) return {};
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path == "/") return "/";
  for (std::size_t at = 1; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    const auto segment = path.substr(at, end - at);
    if (segment.empty() || segment == "." || segment == ".." || segment.size() > 255) return {};
    if (segment.find('\0') != std::string_view::npos) return {};
    at = end + 1;
  }
  return std::string(path);
}

std::vector<std::string> names_of(const std::map<std::string, backend, std::less<>>& backends) {
  std::vector<std::string> names;
  for (const auto& [name, each] : backends) names.push_back(name);
  return names;
}

void read_place(table_reader& from, const toml::key& path, const toml::node& value, const file& known, mount& to) {
  const auto key = "paths.\"" + std::string(path.str()) + '"';
  const auto where = "key '" + from.full_key(key) + "': ";
  const auto checked = checked_path(path.str());
  if (checked.empty()) {
    from.refuse_at(position_of(path.source()),
                   where + "expected an absolute path such as \"/data\", without '.', '..' or '//'");
    return;
  }
  const auto* name = value.as_string();
  if (name == nullptr) {
    from.refuse(key, value, "the name of a backend");
    return;
  }
  if (!known.backends.contains(name->get())) {
    from.refuse_at(position_of(value.source()), where + "there is no [backend." + name->get() + ']' +
                                                    did_you_mean(name->get(), names_of(known.backends)));
    return;
  }
  for (const auto& other : to.places) {
    if (other.path == checked) from.refuse_at(position_of(path.source()), where + "the path is used twice");
    if (other.backend == name->get()) {
      from.refuse_at(position_of(value.source()), where + "backend '" + name->get() + "' is already at " + other.path +
                                                      "; name a second backend with the same settings");
    }
  }
  to.places.push_back({checked, name->get()});
}

void read_places(table_reader& from, const toml::table& table, const file& known, mount& to) {
  const auto* paths = from.read_table("paths", "a table such as { \"/data\" = \"BACKEND\" }");
  if (paths == nullptr || paths->empty()) {
    const auto at = position_of(paths == nullptr ? table.source() : paths->source());
    from.refuse_at(at,
                   "key '" + from.full_key("paths") + "': is required, for instance paths = { \"/\" = \"BACKEND\" }");
    return;
  }
  // In the order of the file, so that "used twice" points at the second one.
  std::vector<std::pair<const toml::key*, const toml::node*>> in_order;
  for (const auto& [path, backend] : *paths) in_order.emplace_back(&path, &backend);
  std::ranges::sort(in_order,
                    [](const auto& a, const auto& b) { return a.first->source().begin < b.first->source().begin; });
  for (const auto& [path, backend] : in_order) read_place(from, *path, *backend, known, to);
}

}  // namespace

randomio::result<mount> read_mount(const std::string& name, const toml::table& table, const file& known) {
  mount out;
  out.name = name;
  table_reader from(table, "mount." + name, known.path);
  read_places(from, table, known, out);
  from.read_absolute_path("mountpoint", out.mountpoint);
  from.read_choice("on_conflict", out.on_conflict, randomio::conflict_policies);
  from.read_choice("metadata", out.metadata, randomio::metadata_dialects);
  from.read_duration("attr_ttl", out.attr_ttl);
  from.read_duration("mount_timeout", out.mount_timeout);
  from.read_duration("unmount_timeout", out.unmount_timeout);
  from.read("read_only", out.read_only);
  from.read("allow_other", out.allow_other);
  from.read("uid", out.uid);
  from.read("gid", out.gid);
  from.read_mode_bits("umask", out.umask);
  if (auto whole = from.finish(); !whole) return randomio::unexpected(std::move(whole).error());
  return out;
}

}  // namespace randomiofs::config
