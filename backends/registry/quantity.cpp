#include <randomio/backends/registry/quantity.hpp>

#include <array>
#include <cctype>
#include <limits>
#include <optional>
#include <string>

namespace randomio {
namespace {

__extension__ using wide = unsigned __int128;

constexpr wide most = std::numeric_limits<std::uint64_t>::max();

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// The bytes in one unit; nothing for an unknown one.
std::optional<std::uint64_t> unit_bytes(std::string_view unit) {
  std::string lower;
  for (const unsigned char c : unit) lower += static_cast<char>(std::tolower(c));
  if (lower.empty() || lower == "b") return 1;
  constexpr std::string_view prefixes = "kmgtpe";
  const auto power = prefixes.find(lower.front());
  if (power == std::string_view::npos) return std::nullopt;
  const auto rest = std::string_view(lower).substr(1);
  if (!rest.empty() && rest != "b" && rest != "ib") return std::nullopt;
  const std::uint64_t step = rest == "b" ? 1000 : 1024;
  std::uint64_t bytes = 1;
  for (std::size_t i = 0; i <= power; ++i) bytes *= step;
  return bytes;
}

unexpected refuse(std::string_view text) {
  return unexpected(error(errc::invalid, operation::configure)
                        .with_message("expected a size such as \"64MiB\", got \"" + std::string(text) + '"'));
}

}  // namespace

result<std::uint64_t> parse_bytes(std::string_view text) {
  std::string_view rest = text;
  if (rest.empty() || !is_digit(rest.front())) return refuse(text);
  wide whole = 0;
  for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1)) {
    whole = whole * 10 + static_cast<unsigned>(rest.front() - '0');
    if (whole > most) return refuse(text);
  }
  // The fraction as numerator and denominator, so that no rounding error of a double gets in.
  std::uint64_t numerator = 0, denominator = 1;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    if (rest.empty() || !is_digit(rest.front())) return refuse(text);
    for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1)) {
      if (denominator >= 1'000'000'000'000) continue;  // Finer than a byte of any unit that matters.
      numerator = numerator * 10 + static_cast<unsigned>(rest.front() - '0');
      denominator *= 10;
    }
  }
  if (rest.starts_with(' ') && rest.size() > 1) rest.remove_prefix(1);
  const auto unit = unit_bytes(rest);
  if (!unit) return refuse(text);
  const wide bytes = whole * *unit + wide{numerator} * *unit / denominator;
  if (bytes > most) return refuse(text);
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace randomio
