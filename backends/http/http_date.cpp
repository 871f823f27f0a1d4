#include <randomio/backends/http/http_date.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace randomio::http {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// The digits that stand where the form has `0`; every other character must be the form's own, or `?` for any.
bool has_form(std::string_view text, std::string_view form) noexcept {
  return std::ranges::equal(text, form, [](char c, char expected) {
    return expected == '?' || (expected == '0' ? c >= '0' && c <= '9' : c == expected);
  });
}

unsigned number(std::string_view digits) noexcept {
  unsigned value = 0;
  for (const char c : digits) value = value * 10 + static_cast<unsigned>(c - '0');
  return value;
}

}  // namespace

std::optional<timestamp> parse_http_date(std::string_view text) noexcept {
  if (!has_form(text, "???, 00 ??? 0000 00:00:00 GMT")) return std::nullopt;
  const auto month_at = std::ranges::find(months, text.substr(8, 3));
  if (std::ranges::find(days, text.substr(0, 3)) == days.end() || month_at == months.end()) return std::nullopt;
  const year_month_day day(year(static_cast<int>(number(text.substr(12, 4)))),
                           month(static_cast<unsigned>(month_at - months.begin()) + 1),
                           std::chrono::day(number(text.substr(5, 2))));
  const unsigned hour = number(text.substr(17, 2));
  const unsigned minute = number(text.substr(20, 2));
  const unsigned second = number(text.substr(23, 2));  // 60 is a leap second.
  if (!day.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const auto since = sys_days(day).time_since_epoch() + hours(hour) + minutes(minute) + seconds(second);
  return timestamp{.seconds = duration_cast<seconds>(since).count(), .nanoseconds = 0};
}

std::string http_date(timestamp when) {
  // From the first second of year 0 to the last of year 9999.
  constexpr std::int64_t first = sys_seconds(sys_days(year(0) / 1 / 1)).time_since_epoch().count();
  constexpr std::int64_t last = sys_seconds(sys_days(year(10000) / 1 / 1)).time_since_epoch().count() - 1;
  const sys_seconds instant(seconds(std::clamp(when.seconds, first, last)));
  const auto midnight = floor<std::chrono::days>(instant);
  const year_month_day day(midnight);
  const hh_mm_ss time(instant - midnight);
  std::array<char, 40> text{};
  const int size = std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                                 days[weekday(midnight).c_encoding()].data(), static_cast<unsigned>(day.day()),
                                 months[static_cast<unsigned>(day.month()) - 1].data(), static_cast<int>(day.year()),
                                 static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                                 static_cast<int>(time.seconds().count()));
  return std::string(text.data(), static_cast<std::size_t>(std::max(size, 0)));
}

}  // namespace randomio::http
