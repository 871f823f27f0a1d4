#include <randomio/backends/http/content_range.hpp>

#include <charconv>
#include <limits>

namespace randomio::http {

std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<content_range> content_range::parse(std::string_view text) noexcept {
  constexpr std::string_view unit = "bytes ";
  if (text.size() < unit.size() || !same_name(text.substr(0, unit.size()), unit)) return std::nullopt;
  text.remove_prefix(unit.size());
  const auto slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  const auto part = text.substr(0, slash);
  const auto whole = text.substr(slash + 1);

  content_range parsed;
  if (whole != "*") {
    parsed.size = parse_decimal(whole);
    if (!parsed.size) return std::nullopt;
  }
  if (part == "*") return parsed.size ? std::optional(parsed) : std::nullopt;
  const auto dash = part.find('-');
  if (dash == part.npos) return std::nullopt;
  const auto first = parse_decimal(part.substr(0, dash));
  const auto last = parse_decimal(part.substr(dash + 1));
  if (!first || !last || *last < *first || *last == std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
  if (parsed.size && *last >= *parsed.size) return std::nullopt;
  parsed.part = range::make(*first, *last + 1);
  return parsed;
}

std::optional<std::uint64_t> content_length(const fields& headers) noexcept {
  const auto value = headers.find("content-length");
  return value ? parse_decimal(*value) : std::nullopt;
}

std::string range_field(range part) {
  return "bytes=" + std::to_string(part.start()) + "-" + std::to_string(part.end() - 1);
}

}  // namespace randomio::http
