#include <randomio/backends/s3/credentials/sso.hpp>

#include <array>
#include <chrono>
#include <utility>

#include <openssl/evp.h>

#include <randomio/backends/http/percent.hpp>
#include <randomio/backends/s3/credentials/expiration.hpp>
#include <randomio/backends/s3/credentials/fetch.hpp>
#include <randomio/backends/s3/credentials/json_members.hpp>
#include <randomio/backends/s3/credentials/refusal.hpp>
#include <randomio/backends/s3/credentials/sts.hpp>
#include <randomio/backends/s3/credentials/text_file.hpp>

namespace randomio::s3 {
namespace {

constexpr std::chrono::seconds time_for_reply{30};
constexpr std::size_t cache_bytes_max = std::size_t{64} << 10;

}  // namespace

std::string sso_cache_name(std::string_view session_or_url) {
  std::array<unsigned char, 20> digest{};
  std::size_t size = 0;
  static_cast<void>(
      EVP_Q_digest(nullptr, "SHA1", nullptr, session_or_url.data(), session_or_url.size(), digest.data(), &size));
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const auto byte : digest) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out + ".json";
}

std::string sso_provider::describe() const {
  const auto& name = with_.session.empty() ? with_.start_url : with_.session;
  return "IAM Identity Center role '" + with_.role_name + "' of '" + name + "'";
}

result<secret> sso_provider::cached_token() const {
  const auto& name = with_.session.empty() ? with_.start_url : with_.session;
  const auto log_in =
      "; run 'aws sso login" + (with_.session.empty() ? std::string() : " --sso-session " + with_.session) + "'";
  auto text = read_text_file(with_.cache_directory + "/" + sso_cache_name(name), cache_bytes_max);
  if (!text) return refuse(errc::unauthenticated, "no token of '" + name + "': " + text.error().describe() + log_in);
  const auto held = secret::taken_from(*text);
  auto members = json_members::parse(held.reveal());
  if (!members) return unexpected(in_context(members.error(), "the cached token of '" + name + "'"));
  const auto until = parse_expiration(members->get("expiresAt"));
  auto token = members->take("accessToken");
  if (token.empty() || !until)
    return refuse(errc::corrupt, "the cached token of '" + name + "' is incomplete" + log_in);
  auto out = secret::taken_from(token);
  if (in_.now() >= *until) return refuse(errc::unauthenticated, "the token of '" + name + "' has expired" + log_in);
  if (out.reveal().find_first_of("\r\n") != std::string_view::npos) {
    return refuse(errc::corrupt, "the cached token of '" + name + "' has a line break in it");
  }
  return out;
}

task<result<credentials>> sso_provider::get() {
  auto token = co_await in_.pool.run([this] { return cached_token(); });
  if (!token) co_return unexpected(std::move(token).error());
  auto endpoint = in_.variable({"AWS_ENDPOINT_URL_SSO", "AWS_SSO_ENDPOINT"});
  http::request what;
  what.url = endpoint ? *endpoint : service_endpoint("portal.sso", with_.region);
  while (what.url.ends_with('/')) what.url.pop_back();
  what.url += "/federation/credentials?role_name=" + http::percent_encode(with_.role_name) +
              "&account_id=" + http::percent_encode(with_.account_id);
  what.headers.add("x-amz-sso_bearer_token", token->reveal());
  auto got = co_await fetch(in_.services, std::move(what), time_for_reply);
  if (!got) co_return unexpected(in_context(got.error(), describe()));
  const auto body = secret::taken_from(got->body);
  if (got->status != 200) {
    const auto why = got->status == 429   ? errc::throttled
                     : got->status >= 500 ? errc::unreachable
                                          : errc::unauthenticated;
    co_return unexpected(error(why, operation::none, got->status)
                             .with_message(describe() + ": the portal answered " + std::to_string(got->status)));
  }
  auto found = credentials_from_sso(body.reveal());
  if (!found) co_return unexpected(in_context(found.error(), describe()));
  found->origin = describe();
  co_return found;
}

}  // namespace randomio::s3
