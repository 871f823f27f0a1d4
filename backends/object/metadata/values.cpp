#include <randomio/backends/object/metadata/values.hpp>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <limits>

namespace randomio::object::metadata {

namespace {

constexpr std::uint32_t nanoseconds_per_second = 1'000'000'000;

std::optional<std::uint64_t> number(std::string_view text, int base) noexcept {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> signed_number(std::string_view text) noexcept {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// ".5" is half a second; digits past the ninth are dropped.
std::optional<std::uint32_t> fraction(std::string_view digits) noexcept {
  if (digits.empty()) return std::nullopt;
  std::uint32_t value = 0, weight = nanoseconds_per_second / 10;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value += static_cast<std::uint32_t>(c - '0') * weight;
    weight /= 10;
  }
  return value;
}

/// Two digits, or a number of exactly `width` digits, at the front, taken off.
std::optional<int> take_digits(std::string_view& text, std::size_t width) noexcept {
  if (text.size() < width) return std::nullopt;
  const auto value = decimal(text.substr(0, width));
  if (!value) return std::nullopt;
  text.remove_prefix(width);
  return static_cast<int>(*value);
}

bool take(std::string_view& text, char c) noexcept {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// Seconds east of UTC.
std::optional<std::int64_t> zone(std::string_view text) noexcept {
  if (text == "Z" || text == "z") return 0;
  const bool west = text.starts_with('-');
  if (!west && !text.starts_with('+')) return std::nullopt;
  text.remove_prefix(1);
  const auto hours = take_digits(text, 2);
  if (!hours || !take(text, ':')) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || !text.empty()) return std::nullopt;
  const auto offset = std::int64_t{*hours} * 3600 + *minutes * 60;
  return west ? -offset : offset;
}

}  // namespace

std::optional<std::uint64_t> decimal(std::string_view text) noexcept {
  return number(text, 10);
}

std::optional<std::uint64_t> octal(std::string_view text) noexcept {
  return number(text, 8);
}

std::optional<std::uint32_t> decimal_id(std::string_view text) noexcept {
  const auto value = decimal(text);
  // The last one means "no change" to chown(2), and "nobody" to nothing.
  if (!value || *value >= std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

std::uint32_t type_bits(file_type type) noexcept {
  switch (type) {
    case file_type::regular: return 0100000;
    case file_type::directory: return 0040000;
    case file_type::symlink: return 0120000;
    case file_type::fifo: return 0010000;
    case file_type::socket: return 0140000;
    case file_type::char_device: return 0020000;
    case file_type::block_device: return 0060000;
  }
  return 0;
}

std::optional<file_type> type_of(std::uint64_t st_mode) noexcept {
  switch (st_mode & 0170000) {
    case 0100000: return file_type::regular;
    case 0040000: return file_type::directory;
    case 0120000: return file_type::symlink;
    case 0010000: return file_type::fifo;
    case 0140000: return file_type::socket;
    case 0020000: return file_type::char_device;
    case 0060000: return file_type::block_device;
    default: return std::nullopt;
  }
}

std::optional<timestamp> seconds(std::string_view text) noexcept {
  const auto dot = text.find('.');
  const auto whole = signed_number(text.substr(0, dot));
  if (!whole) return std::nullopt;
  timestamp t{.seconds = *whole, .nanoseconds = 0};
  if (dot == std::string_view::npos) return t;
  const auto part = fraction(text.substr(dot + 1));
  if (!part) return std::nullopt;
  t.nanoseconds = *part;
  if (text.starts_with('-') && t.nanoseconds != 0) {  // -1.25 is a quarter before -1, and nanoseconds only add.
    if (t.seconds == std::numeric_limits<std::int64_t>::min()) return std::nullopt;
    --t.seconds;
    t.nanoseconds = nanoseconds_per_second - t.nanoseconds;
  }
  return t;
}

std::string seconds_text(timestamp t) {
  const bool between = t.seconds < 0 && t.nanoseconds != 0;
  const auto whole = between ? t.seconds + 1 : t.seconds;
  const auto part = between ? nanoseconds_per_second - t.nanoseconds : t.nanoseconds;
  auto digits = std::to_string(part);
  digits.insert(0, 9 - digits.size(), '0');
  return (between && whole == 0 ? "-0" : std::to_string(whole)) + "." + digits;
}

std::optional<timestamp> nanoseconds(std::string_view text) noexcept {
  if (!text.ends_with("ns")) return std::nullopt;
  const auto value = signed_number(text.substr(0, text.size() - 2));
  if (!value) return std::nullopt;
  auto whole = *value / nanoseconds_per_second, part = *value % nanoseconds_per_second;
  if (part < 0) {
    part += nanoseconds_per_second;
    --whole;
  }
  return timestamp{.seconds = whole, .nanoseconds = static_cast<std::uint32_t>(part)};
}

std::string nanoseconds_text(timestamp t) {
  // What 64 bits of nanoseconds cannot hold (before 1677, after 2262) is kept to the nearest that they can.
  constexpr auto last = std::numeric_limits<std::int64_t>::max() / nanoseconds_per_second - 1;
  const auto whole = t.seconds > last ? last : t.seconds < -last ? -last : t.seconds;
  return std::to_string(whole * nanoseconds_per_second + t.nanoseconds) + "ns";
}

std::optional<timestamp> internet_date(std::string_view text) noexcept {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || !(take(text, 'T') || take(text, 't') || take(text, ' '))) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || !take(text, ':')) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  timestamp t;
  if (take(text, '.')) {
    const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
    const auto part = fraction(digits);
    if (!part) return std::nullopt;
    t.nanoseconds = *part;
    text.remove_prefix(digits.size());
  }
  const auto east = zone(text);
  const auto date = std::chrono::year(*year) / std::chrono::month(static_cast<unsigned>(*month)) /
                    std::chrono::day(static_cast<unsigned>(*day));
  if (!east || !date.ok()) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  t.seconds = std::int64_t{days} * 86'400 + *hour * 3600 + *minute * 60 + *second - *east;
  return t;
}

std::string internet_date_text(timestamp t) {
  auto days = t.seconds / 86'400;
  auto rest = t.seconds % 86'400;
  if (rest < 0) {
    rest += 86'400;
    --days;
  }
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(static_cast<int>(days)))};
  char text[48];
  const auto written =
      std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%09uZ", int(date.year()), unsigned(date.month()),
                    unsigned(date.day()), int(rest / 3600), int(rest / 60 % 60), int(rest % 60), t.nanoseconds);
  return {text, static_cast<std::size_t>(written)};
}

std::uint64_t dev_of(std::uint64_t device) noexcept {
  const auto major = device >> 32, minor = device & 0xffffffff;
  return (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~std::uint64_t{0xff}) << 12 |
         (major & ~std::uint64_t{0xfff}) << 32;
}

std::uint64_t device_of(std::uint64_t dev) noexcept {
  const auto major = (dev >> 8 & 0xfff) | (dev >> 32 & 0xfffff000);
  const auto minor = (dev & 0xff) | (dev >> 12 & 0xffffff00);
  return major << 32 | minor;
}

}  // namespace randomio::object::metadata
