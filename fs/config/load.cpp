#include <algorithm>

#include "fs/config/config.hpp"
#include "fs/config/sections.hpp"
#include "fs/config/table_reader.hpp"
#include "fs/config/text_file.hpp"

namespace randomiofs::config {
namespace {

constexpr std::size_t config_bytes_max = 1 << 20;

/// Names appear in `-o NAME.KEY=VALUE`, in unit names and beside URIs, so they hold nothing that means
/// something there.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// Calls `read(name, table)` for each `[KIND.NAME]`, in the order of the file, until one fails.
template <class Read>
randomio::result<void> each_named_table(table_reader& top, std::string_view kind, const std::string& path, Read read) {
  const std::string header = '[' + std::string(kind) + ".NAME]";
  const auto* tables = top.read_table(kind, "tables: " + header);
  if (tables == nullptr) return {};
  std::vector<std::pair<const toml::key*, const toml::node*>> in_order;
  for (const auto& [name, table] : *tables) in_order.emplace_back(&name, &table);
  std::ranges::sort(in_order,
                    [](const auto& a, const auto& b) { return a.first->source().begin < b.first->source().begin; });
  for (const auto& [name, node] : in_order) {
    const auto key = "key '" + std::string(kind) + '.' + std::string(name->str()) + "': ";
    if (!is_name(name->str())) {
      return randomio::unexpected(
          problem_at(path, position_of(name->source()), key + "expected a name of letters, digits, '-' and '_'"));
    }
    if (!node->is_table()) {
      return randomio::unexpected(
          problem_at(path, position_of(node->source()), key + "expected a table: " + header + ", got " + shown(*node)));
    }
    if (auto done = read(std::string(name->str()), *node->as_table()); !done) return done;
  }
  return {};
}

}  // namespace

randomio::result<file> parse(std::string_view text, std::string path) {
  const auto document = toml::parse(text);
  file out;
  out.path = std::move(path);
  if (!document) {
    const auto& wrong = document.error();
    const auto said = "not TOML: " + std::string(wrong.description());
    return randomio::unexpected(problem_at(out.path, position_of(wrong.source()), said));
  }
  table_reader top(document.table(), "", out.path);
  if (const auto* table = top.read_table("daemon", "a table: [daemon]")) {
    auto daemon = read_daemon(*table, out.path);
    if (!daemon) return randomio::unexpected(std::move(daemon).error());
    out.daemon = *std::move(daemon);
  }
  auto backends = each_named_table(top, "backend", out.path,
                                   [&](const std::string& name, const toml::table& table) -> randomio::result<void> {
                                     auto read = read_backend(name, table, out.path);
                                     if (!read) return randomio::unexpected(std::move(read).error());
                                     out.backends.emplace(name, *std::move(read));
                                     return {};
                                   });
  if (!backends) return randomio::unexpected(std::move(backends).error());
  auto mounts = each_named_table(top, "mount", out.path,
                                 [&](const std::string& name, const toml::table& table) -> randomio::result<void> {
                                   auto read = read_mount(name, table, out);
                                   if (!read) return randomio::unexpected(std::move(read).error());
                                   out.mounts.emplace(name, *std::move(read));
                                   return {};
                                 });
  if (!mounts) return randomio::unexpected(std::move(mounts).error());
  if (auto whole = top.finish(); !whole) return randomio::unexpected(std::move(whole).error());
  return out;
}

randomio::result<file> load(const std::string& path) {
  auto text = read_text_file(path, config_bytes_max);
  if (!text) return randomio::unexpected(std::move(text).error());
  return parse(*text, path);
}

}  // namespace randomiofs::config
