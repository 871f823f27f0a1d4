#include "fs/cli/option_list.hpp"

namespace randomiofs::cli {

std::vector<option> split_options(std::string_view list) {
  std::vector<option> all;
  std::string text;
  bool quoted = false;
  std::optional<std::size_t> equals;
  std::size_t value_begins = 0;
  const auto finish = [&](std::size_t end) {
    if (!text.empty()) {
      all.push_back(equals ? option{text.substr(0, *equals), text.substr(*equals + 1), value_begins, end}
                           : option{text, std::nullopt});
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
      finish(i);
    } else {
      if (c == '=' && !equals) {
        equals = text.size();
        value_begins = i + 1;
      }
      text += c;
    }
  }
  finish(list.size());
  return all;
}

}  // namespace randomiofs::cli
