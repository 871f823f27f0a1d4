#include "fs/cli/option_list.hpp"

namespace randomiofs::cli {

std::vector<option> split_options(std::string_view list) {
  std::vector<option> all;
  std::string text;
  bool quoted = false;
  std::optional<std::size_t> equals;
  const auto finish = [&] {
    if (!text.empty()) {
      all.push_back(equals ? option{text.substr(0, *equals), text.substr(*equals + 1)} : option{text, std::nullopt});
    }
    text.clear();
    equals.reset();
  };
  for (std::size_t i = 0; i < list.size(); ++i) {
    const char c = list[i];
    if (c == '\\' && i + 1 < list.size() && (list[i + 1] == ',' || list[i + 1] == '\\' || list[i + 1] == '"')) {
      text += list[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      finish();
    } else {
      if (c == '=' && !equals) equals = text.size();
      text += c;
    }
  }
  finish();
  return all;
}

}  // namespace randomiofs::cli
