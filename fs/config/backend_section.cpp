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

randomio::error explain(const file& in, const backend& which, const randomio::error& problem) {
  const std::string key(problem.key());
  const auto known = which.where.find(key);
  const bool about_key = problem.code() == randomio::errc::invalid && !key.empty();
  const auto at = known != which.where.end() ? known->second : which.at;
  if (!about_key) {
    return problem_at(in.path, at, "backend '" + which.name + "': " + problem.describe());
  }
  std::string said(problem.message());
  // A factory lists what it knows after a colon; a near miss among it is worth naming.
  if (const auto list = said.find("knows: "); said.starts_with("unknown key") && list != std::string::npos) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : said.substr(list + 7) + ",") {
      if (c != ',' && c != ' ') {
        word += c;
      } else if (!word.empty()) {
        words.push_back(std::move(word));
        word.clear();
      }
    }
    said += did_you_mean(key, words);
  }
  return problem_at(in.path, at, "key 'backend." + which.name + '.' + key + "': " + said);
}

}  // namespace randomiofs::config
