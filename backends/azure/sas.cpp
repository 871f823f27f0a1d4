#include <randomio/backends/azure/sas.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

#include <randomio/backends/azure/api_version.hpp>
#include <randomio/backends/azure/digest.hpp>
#include <randomio/backends/http/credentials/refusal.hpp>
#include <randomio/backends/http/percent.hpp>
#include <randomio/backends/object/base64.hpp>

namespace randomio::azure {
namespace {

std::optional<std::string_view> parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
      return one.substr(name.size() + 1);
  }
  return std::nullopt;
}

std::optional<int> digits(std::string_view text, std::size_t from, std::size_t count) {
  if (text.size() < from + count) return std::nullopt;
  int value = 0;
  const auto* const end = text.data() + from + count;
  const auto [stopped, failure] = std::from_chars(text.data() + from, end, value);
  return failure == std::errc() && stopped == end && value >= 0 ? std::optional(value) : std::nullopt;
}

}  // namespace

std::string sas_string_to_sign(std::string_view account, const sas_grant& what) {
  std::string text;
  const auto line = [&](std::string_view field) { text.append(field).append("\n"); };
  line(what.permissions);
  line("");  // Start: now.
  line(utc_text(what.expires));
  line("/blob/" + std::string(account) + "/" + std::string(what.container) + "/" + std::string(what.blob));
  line("");  // Identifier.
  line("");  // IP range.
  line(what.https_only ? "https" : "https,http");
  line(api_version);
  line("b");  // A blob.
  line("");   // Snapshot time.
  line("");   // Encryption scope.
  line("");   // Cache-Control, Content-Disposition, -Encoding, -Language and -Type of replies.
  line("");
  line("");
  line("");
  return text;
}

std::string mint_sas(const credentials& key, const sas_grant& what) {
  const auto signature = object::base64_encoded(hmac_sha256(key.value.reveal(), sas_string_to_sign(key.account, what)));
  std::string query = "sv=" + std::string(api_version) + "&sr=b&sp=" + std::string(what.permissions);
  query += "&se=" + http::percent_encode(utc_text(what.expires));
  query += "&spr=" + http::percent_encode(what.https_only ? "https" : "https,http");
  query += "&sig=" + http::percent_encode(signature);
  return query;
}

result<std::string> tidy_sas(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first != std::string_view::npos) text = text.substr(first, text.find_last_not_of(blanks) + 1 - first);
  while (text.starts_with('?')) text.remove_prefix(1);
  const auto signature = parameter(text, "sig");
  if (!signature || signature->empty()) {
    return http::refuse(errc::invalid, "a shared access signature has a parameter `sig`; this text has none");
  }
  std::string out;
  for (const char c : text) {
    // Some tools show it decoded; what a URL must not hold is encoded again.
    if (c == '+' || c == '/' || c == ' ' || c == ':') {
      http::append_percent_encoded(out, {&c, 1});
    } else if (static_cast<unsigned char>(c) < ' ' || c == '#') {
      return http::refuse(errc::invalid, "the shared access signature has a character that a URL cannot hold");
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<timestamp> sas_expiry(std::string_view tidy) noexcept {
  const auto text = parameter(tidy, "se");
  if (!text) return std::nullopt;
  const auto decoded = http::percent_decode(*text);
  return decoded ? parse_utc(*decoded) : std::nullopt;
}

void append_query(std::string& url, std::string_view query) {
  if (query.empty()) return;
  url += url.contains('?') ? '&' : '?';
  url += query;
}

std::optional<timestamp> parse_utc(std::string_view text) noexcept {
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  const auto midnight = std::chrono::sys_seconds(std::chrono::sys_days(date)).time_since_epoch().count();
  if (text.size() == 10) return timestamp{.seconds = midnight};
  const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2);
  if (!hour || !minute || *hour > 23 || *minute > 59 || text[10] != 'T' || text[13] != ':') return std::nullopt;
  int second = 0;
  if (text.size() > 16 && text[16] == ':') {
    const auto given = digits(text, 17, 2);
    if (!given || *given > 60) return std::nullopt;
    second = *given;
  }
  if (!text.ends_with('Z')) return std::nullopt;
  return timestamp{.seconds = midnight + *hour * 3600 + *minute * 60 + second};
}

std::string utc_text(timestamp when) {
  const std::chrono::sys_seconds at{std::chrono::seconds(when.seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", int(date.year()),
                                 unsigned(date.month()), unsigned(date.day()), int(time.hours().count()),
                                 int(time.minutes().count()), int(time.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace randomio::azure
