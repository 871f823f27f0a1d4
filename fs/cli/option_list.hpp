#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace randomiofs::cli {

/// One option as after `-o`: `KEY` or `KEY=VALUE`.
struct option {
  std::string key;
  std::optional<std::string> value;
  /// Where the value stands in the list, quotes and backslashes too.
  std::size_t value_begins = 0, value_ends = 0;

  [[nodiscard]] std::string text() const { return value ? key + '=' + *value : key; }
};

/// Splits at commas. A comma within double quotes, or after a backslash, belongs to the value.
/// Source: mount(8), -o.
[[nodiscard]] std::vector<option> split_options(std::string_view list);

}  // namespace randomiofs::cli
