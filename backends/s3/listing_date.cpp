#include <randomio/backends/s3/listing_date.hpp>

#include <charconv>
#include <chrono>

namespace randomio::s3 {
namespace {

/// The number in `digits` places from `at`; -1 for anything else.
int number_at(std::string_view text, std::size_t at, std::size_t digits) noexcept {
  if (text.size() < at + digits || text[at] == '-') return -1;
  int value = -1;
  const auto* first = text.data() + at;
  const auto [end, failure] = std::from_chars(first, first + digits, value);
  return failure == std::errc() && end == first + digits ? value : -1;
}

std::optional<timestamp> moment(int year, int month, int day, int hour, int minute, int second) noexcept {
  if (year < 0 || month < 1 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60) {
    return std::nullopt;
  }
  const auto date = std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day);
  if (!date.ok()) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return timestamp{.seconds = std::int64_t{days} * 86'400 + hour * 3600 + minute * 60 + second};
}

}  // namespace

std::optional<timestamp> listing_date(std::string_view text) noexcept {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      text.back() != 'Z') {
    return std::nullopt;
  }
  return moment(number_at(text, 0, 4), number_at(text, 5, 2), number_at(text, 8, 2), number_at(text, 11, 2),
                number_at(text, 14, 2), number_at(text, 17, 2));
}

}  // namespace randomio::s3
