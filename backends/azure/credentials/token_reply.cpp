#include <randomio/backends/azure/credentials/token_reply.hpp>

#include <optional>

#include <nlohmann/json.hpp>

#include <randomio/backends/http/content_range.hpp>
#include <randomio/backends/http/credentials/refusal.hpp>

namespace randomio::azure {
namespace {

using nlohmann::json;

std::optional<json> object_in(std::string_view text) {
  auto parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return std::nullopt;
  return parsed;
}

std::string text_at(const json& from, const char* name) {
  const auto at = from.find(name);
  return at != from.end() && at->is_string() ? at->get<std::string>() : std::string();
}

std::optional<std::int64_t> number_at(const json& from, const char* name) {
  const auto at = from.find(name);
  if (at == from.end()) return std::nullopt;
  // A day and a time far away are as good as any: sums with them stay in range.
  constexpr std::int64_t highest = std::int64_t{1} << 40;
  if (at->is_number_unsigned() || at->is_number_integer()) {
    const auto value = at->get<std::int64_t>();
    return value >= 0 && value <= highest ? std::optional(value) : std::nullopt;
  }
  if (!at->is_string()) return std::nullopt;
  const auto value = http::parse_decimal(at->get_ref<const std::string&>());
  return value && *value <= static_cast<std::uint64_t>(highest) ? std::optional(static_cast<std::int64_t>(*value))
                                                                : std::nullopt;
}

}  // namespace

result<credentials> parse_token(std::string_view text, timestamp now, std::string_view origin) {
  const auto parsed = object_in(text);
  if (!parsed) return http::refuse(errc::corrupt, std::string(origin) + ": the answer is no JSON object");
  auto token = text_at(*parsed, "access_token");
  if (token.empty()) token = text_at(*parsed, "accessToken");
  if (token.empty()) return http::refuse(errc::corrupt, std::string(origin) + ": the answer has no access token");
  credentials out{.what = credentials::kind::bearer, .value = secret::taken_from(token), .origin = std::string(origin)};
  if (const auto at = number_at(*parsed, "expires_on")) {
    out.expires = timestamp{.seconds = *at};
  } else if (const auto in = number_at(*parsed, "expires_in")) {
    out.expires = timestamp{.seconds = now.seconds + *in};
  } else {
    // It says only a local time, or nothing: ask again soon, which costs little.
    out.expires = timestamp{.seconds = now.seconds + 300};
  }
  return out;
}

result<credentials> token_of(const http::reply& reply, timestamp now, std::string_view origin) {
  if (reply.status == 200) return parse_token(reply.body, now, origin);
  auto why = std::string(origin) + ": status " + std::to_string(reply.status);
  if (const auto parsed = object_in(reply.body)) {
    const auto code = text_at(*parsed, "error"), words = text_at(*parsed, "error_description");
    if (!code.empty()) why += ", " + http::quotable_without_tokens(code, 100);
    if (!words.empty()) why += ": " + http::quotable_without_tokens(words);
  }
  auto code = errc::unauthenticated;
  if (reply.status == 429) code = errc::throttled;
  if (reply.status >= 500) code = errc::unreachable;
  return http::refuse(code, why);
}

}  // namespace randomio::azure
