#include <randomio/backends/registry/duration.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <utility>

namespace randomio {
namespace {

constexpr std::array<std::pair<std::string_view, std::int64_t>, 7> units{{{"ns", 1},
                                                                          {"us", 1'000},
                                                                          {"ms", 1'000'000},
                                                                          {"s", 1'000'000'000},
                                                                          {"min", 60'000'000'000},
                                                                          {"h", 3'600'000'000'000},
                                                                          {"d", 86'400'000'000'000}}};

unexpected refuse(std::string_view text) {
  return unexpected(error(errc::invalid, operation::configure)
                        .with_message("expected a duration such as \"1s\", got \"" + std::string(text) + '"'));
}

}  // namespace

result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  const auto digits = text.find_first_not_of("0123456789.");
  const auto number = text.substr(0, digits);
  if (number.empty() || number.front() == '.' || number.back() == '.') return refuse(text);
  if (digits == std::string_view::npos) {
    if (number == "0") return std::chrono::nanoseconds(0);  // Zero needs no unit; anything else is ambiguous.
    return refuse(text);
  }
  const auto point = number.find('.');
  std::int64_t whole = 0;
  const auto head = number.substr(0, point);
  if (const auto [end, bad] = std::from_chars(head.data(), head.data() + head.size(), whole);
      bad != std::errc{} || end != head.data() + head.size()) {
    return refuse(text);
  }
  for (const auto& [unit, nanoseconds] : units) {
    if (text.substr(digits) != unit) continue;
    std::int64_t total = 0;
    if (__builtin_mul_overflow(whole, nanoseconds, &total)) return refuse(text);
    std::int64_t scale = nanoseconds;
    for (const char c : point == std::string_view::npos ? std::string_view{} : number.substr(point + 1)) {
      if (c == '.') return refuse(text);
      scale /= 10;
      if (__builtin_add_overflow(total, scale * (c - '0'), &total)) return refuse(text);
    }
    return std::chrono::nanoseconds(total);
  }
  return refuse(text);
}

}  // namespace randomio
