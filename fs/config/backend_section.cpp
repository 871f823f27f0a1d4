#include <algorithm>

#include "fs/config/sections.hpp"
#include "fs/config/suggestion.hpp"
#include "fs/config/table_reader.hpp"

namespace randomiofs::config {
namespace {

/// A free key's value as the text that the factory will see; nothing when its type has no such text.
std::optional<std::string> as_setting(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  return std::nullopt;
}

}  // namespace

randomio::result<backend> read_backend(const std::string& name, const toml::table& table, const std::string& file) {
  backend out{.name = name, .settings = {}, .at = position_of(table.source()), .where = {}};
  table_reader from(table, "backend." + name, file);
  from.read("type", out.settings.type);
  if (out.settings.type.empty()) {
    from.refuse_at(out.at, "key 'backend." + name + ".type': is required, for instance type = \"memory\"");
  }
  for (const auto& [key, value] : table) {
    if (key.str() == "type") {
      out.where.emplace("type", position_of(value.source()));
      continue;
    }
    const auto* node = from.take(key.str());
    if (auto setting = as_setting(*node)) {
      out.settings.values.emplace(key.str(), *std::move(setting));
      out.where.emplace(key.str(), position_of(value.source()));
    } else {
      from.refuse(key.str(), *node, "a text, a number, true or false");
    }
  }
  if (auto whole = from.finish(); !whole) return randomio::unexpected(std::move(whole).error());
  return out;
}

std::string with_meant_key(std::string_view key, std::string_view said, std::vector<std::string> known) {
  constexpr std::string_view unknown = "unknown key", before_list = "knows: ";
  const auto list = said.find(before_list);
  if (!said.starts_with(unknown) || list == std::string_view::npos) return std::string(said);
  for (auto rest = said.substr(list + before_list.size()); !rest.empty();) {
    const auto word = rest.substr(0, rest.find_first_of(", "));
    if (!word.empty()) known.emplace_back(word);
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  }
  const auto meant = did_you_mean(key, known);
  return meant.empty() ? std::string(said) : std::string(unknown) + meant;
}

std::string in_words(const randomio::error& problem) {
  std::string said(problem.message());
  if (said.empty()) {
    said = randomio::name(problem.code());
    std::ranges::replace(said, '_', ' ');
  }
  return problem.key().empty() ? said : std::string(problem.key()) + ": " + said;
}

randomio::error explain(const file& in, const backend& which, const randomio::error& problem) {
  const std::string name = "backend." + which.name + '.', about(problem.key());
  if (problem.code() == randomio::errc::invalid && !about.empty()) {
    const auto known = which.where.find(about);
    return problem_at(in.path, known != which.where.end() ? known->second : which.at,
                      "key '" + name + about + "': " + with_meant_key(about, problem.message()));
  }
  // What the backend could not reach (a directory, a bucket) is usually what one of its keys says.
  for (const auto& [key, value] : which.settings.values) {
    const auto where = which.where.find(key);
    if (value != about || where == which.where.end()) continue;
    return problem_at(in.path, where->second, "key '" + name + key + "': " + in_words(problem));
  }
  return problem_at(in.path, which.at, "backend '" + which.name + "': " + in_words(problem));
}

}  // namespace randomiofs::config
