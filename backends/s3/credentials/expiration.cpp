#include <randomio/backends/s3/credentials/expiration.hpp>

#include <chrono>

namespace randomio::s3 {
namespace {

// Takes a text from its front, piece by piece.
class reader {
 public:
  explicit reader(std::string_view text) noexcept : rest_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  bool skip(std::string_view expected) noexcept {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  std::optional<unsigned> digits(std::size_t count) noexcept {
    if (rest_.size() < count) return std::nullopt;
    unsigned value = 0;
    for (const char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + static_cast<unsigned>(c - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  void skip_digits() noexcept {
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') rest_.remove_prefix(1);
  }

 private:
  std::string_view rest_;
};

std::optional<std::chrono::seconds> time_of_day(reader& in) noexcept {
  const auto hours = in.digits(2);
  if (!hours || !in.skip(":")) return std::nullopt;
  const auto minutes = in.digits(2);
  if (!minutes || !in.skip(":")) return std::nullopt;
  const auto seconds = in.digits(2);
  // A leap second is the 60th.
  if (!seconds || *hours > 23 || *minutes > 59 || *seconds > 60) return std::nullopt;
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes) + std::chrono::seconds(*seconds);
}

std::optional<std::chrono::seconds> offset(reader& in) noexcept {
  if (in.skip("Z") || in.skip("z") || in.skip("UTC")) return std::chrono::seconds(0);
  const bool east = in.skip("+");
  if (!east && !in.skip("-")) return std::nullopt;
  const auto hours = in.digits(2);
  in.skip(":");
  const auto minutes = in.digits(2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::chrono::seconds distance = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return east ? distance : -distance;
}

std::optional<timestamp> on(unsigned year, unsigned month, unsigned day, std::chrono::seconds since_midnight) noexcept {
  const auto date = std::chrono::year(static_cast<int>(year)) / std::chrono::month(month) / std::chrono::day(day);
  if (!date.ok()) return std::nullopt;
  const auto at = std::chrono::sys_days(date).time_since_epoch() + since_midnight;
  return timestamp{.seconds = std::chrono::seconds(at).count()};
}

}  // namespace

std::optional<timestamp> parse_expiration(std::string_view text) noexcept {
  reader in(text);
  const auto year = in.digits(4);
  if (!year || !in.skip("-")) return std::nullopt;
  const auto month = in.digits(2);
  if (!month || !in.skip("-")) return std::nullopt;
  const auto day = in.digits(2);
  if (!day || !(in.skip("T") || in.skip("t") || in.skip(" "))) return std::nullopt;
  const auto time = time_of_day(in);
  if (!time) return std::nullopt;
  if (in.skip(".")) in.skip_digits();
  const auto from_utc = offset(in);
  if (!from_utc || !in.at_end()) return std::nullopt;
  return on(*year, *month, *day, *time - *from_utc);
}

}  // namespace randomio::s3
