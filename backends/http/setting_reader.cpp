#include <randomio/backends/http/setting_reader.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <randomio/backends/http/content_range.hpp>

namespace randomio::http {

std::optional<setting_reader::found> setting_reader::find(std::string_view key, names variables) const {
  if (auto value = settings_(key)) return found{std::string(key), *std::move(value)};
  for (const auto name : variables) {
    if (auto value = variables_(name)) return found{std::string(name), *std::move(value)};
  }
  return std::nullopt;
}

void setting_reader::refuse(const found& given, std::string_view expected) {
  if (!outcome_) return;
  outcome_ = unexpected(error(errc::invalid, operation::configure)
                            .with_key(given.name)
                            .with_message(std::string(expected) + ", got \"" + given.value + '"'));
}

std::string setting_reader::text(std::string_view key, names variables) {
  auto given = find(key, variables);
  return given ? std::move(given->value) : std::string();
}

std::optional<bool> setting_reader::read_flag(const found& given) {
  // An option without a value (`-o tagging`) means yes.
  for (const std::string_view yes : {"", "true", "yes", "on", "1"}) {
    if (same_name(given.value, yes)) return true;
  }
  for (const std::string_view no : {"false", "no", "off", "0"}) {
    if (same_name(given.value, no)) return false;
  }
  refuse(given, "expected true or false");
  return std::nullopt;
}

bool setting_reader::flag(std::string_view key, bool otherwise, names variables) {
  const auto given = find(key, variables);
  return given ? read_flag(*given).value_or(otherwise) : otherwise;
}

bool setting_reader::flag_unless(std::string_view key, names variables) {
  const auto given = find(key, variables);
  if (!given) return true;
  const auto value = read_flag(*given).value_or(false);
  return given->name == key ? value : !value;
}

std::uint32_t setting_reader::count(std::string_view key, std::uint32_t otherwise, names variables) {
  const auto given = find(key, variables);
  if (!given) return otherwise;
  const auto value = parse_decimal(given->value);
  if (value && *value > 0 && *value <= std::numeric_limits<std::uint32_t>::max()) {
    return static_cast<std::uint32_t>(*value);
  }
  refuse(*given, "expected a number from 1 on");
  return otherwise;
}

std::chrono::milliseconds setting_reader::time(std::string_view key, std::chrono::milliseconds otherwise,
                                               names variables) {
  const auto given = find(key, variables);
  if (!given) return otherwise;
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 6> units{
      {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
  const auto end = std::min(given->value.find_first_not_of("0123456789"), given->value.size());
  const auto number = parse_decimal(std::string_view(given->value).substr(0, end));
  auto unit = std::string_view(given->value).substr(end);
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  constexpr std::uint64_t most = std::uint64_t{366} * 24 * 3600;
  if (number && *number <= most) {
    if (unit.empty()) return std::chrono::milliseconds(*number * 1000);
    for (const auto& [name, length] : units) {
      if (unit == name) return std::chrono::milliseconds(*number * length);
    }
  }
  refuse(*given, "expected a time such as \"30s\"");
  return otherwise;
}

}  // namespace randomio::http
