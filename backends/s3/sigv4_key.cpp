#include <randomio/backends/s3/sigv4_key.hpp>

#include <array>
#include <chrono>
#include <cstdio>

#include <openssl/crypto.h>

#include <randomio/backends/s3/sigv4_digest.hpp>

namespace randomio::s3 {

std::string signing_time(timestamp at) {
  const std::chrono::sys_seconds when{std::chrono::seconds(at.seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(when - day);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d%02u%02uT%02d%02d%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text.data();
}

secret signing_key(const secret& secret_access_key, std::string_view date, std::string_view region,
                   std::string_view service) {
  std::string first = "AWS4";
  first.append(secret_access_key.reveal());
  auto key = hmac_sha256(first, date);
  wipe(first);
  for (const auto step : {region, service, std::string_view("aws4_request")}) key = hmac_sha256(as_text(key), step);
  secret out{as_text(key)};
  OPENSSL_cleanse(key.data(), key.size());
  return out;
}

secret signing_key_cache::get(const credentials& with, std::string_view date, std::string_view region,
                              std::string_view service) {
  const std::scoped_lock lock(mutex_);
  if (date_ != date || from_ != with.secret_access_key) {
    key_ = signing_key(with.secret_access_key, date, region, service);
    from_ = with.secret_access_key;
    date_ = date;
  }
  return key_;
}

}  // namespace randomio::s3
