#include <charconv>

#include <randomio/backends/s3/credentials/json_members.hpp>
#include <randomio/backends/s3/credentials/refusal.hpp>
#include <randomio/backends/s3/credentials/sso.hpp>

namespace randomio::s3 {

result<credentials> credentials_from_sso(std::string_view body) {
  auto members = json_members::parse(body);
  if (!members) return unexpected(std::move(members).error());
  credentials found{.access_key_id = members->take("roleCredentials.accessKeyId")};
  auto key = members->take("roleCredentials.secretAccessKey");
  auto token = members->take("roleCredentials.sessionToken");
  found.secret_access_key = secret::taken_from(key);
  found.session_token = secret::taken_from(token);
  if (found.access_key_id.empty() || found.secret_access_key.empty() || found.session_token.empty()) {
    return refuse(errc::corrupt, "the reply holds no credentials");
  }
  const auto until = members->get("roleCredentials.expiration");
  std::int64_t milliseconds = 0;
  const auto [end, wrong] = std::from_chars(until.data(), until.data() + until.size(), milliseconds);
  if (until.empty() || wrong != std::errc{} || end != until.data() + until.size()) {
    return refuse(errc::corrupt, "the reply does not say when its credentials expire");
  }
  found.expires = timestamp{.seconds = milliseconds / 1000};
  return found;
}

}  // namespace randomio::s3
