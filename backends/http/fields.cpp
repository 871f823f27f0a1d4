#include <randomio/backends/http/fields.hpp>

#include <algorithm>

namespace randomio::http {
namespace {

// Not tolower(3), which asks the locale.
constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

void fields::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void fields::remove(std::string_view name) {
  std::erase_if(all_, [&](const field& one) { return same_name(one.first, name); });
}

std::optional<std::string_view> fields::find(std::string_view name) const noexcept {
  const auto at = std::ranges::find_if(all_, [&](const field& one) { return same_name(one.first, name); });
  if (at == all_.end()) return std::nullopt;
  return at->second;
}

}  // namespace randomio::http
