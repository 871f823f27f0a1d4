#include <randomio/backends/s3/credentials/json_credentials.hpp>

#include <utility>

#include <randomio/backends/s3/credentials/expiration.hpp>
#include <randomio/backends/s3/credentials/refusal.hpp>

namespace randomio::s3 {

result<credentials> credentials_from_json(std::string_view text) {
  auto members = json_members::parse(text);
  if (!members) return unexpected(std::move(members).error());
  // Instance metadata says here what went wrong.
  if (const auto code = members->get("Code"); !code.empty() && code != "Success") {
    return refuse(errc::unauthenticated,
                  quotable_without_tokens(code) + ": " + quotable_without_tokens(members->get("Message")));
  }
  if (const auto version = members->get("Version"); !version.empty() && version != "1") {
    return refuse(errc::corrupt, "a Version other than 1");
  }
  credentials found{.access_key_id = members->take("AccessKeyId")};
  if (found.access_key_id.empty()) return refuse(errc::corrupt, "no AccessKeyId in it");
  auto key = members->take("SecretAccessKey");
  if (key.empty()) return refuse(errc::corrupt, "no SecretAccessKey in it");
  found.secret_access_key = secret::taken_from(key);
  auto token = members->take("SessionToken");
  if (token.empty()) token = members->take("Token");
  found.session_token = secret::taken_from(token);
  if (const auto until = members->get("Expiration"); !until.empty()) {
    found.expires = parse_expiration(until);
    if (!found.expires) return refuse(errc::corrupt, "its Expiration is no time");
  }
  return found;
}

}  // namespace randomio::s3
