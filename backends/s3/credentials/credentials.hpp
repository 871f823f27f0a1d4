#pragma once

#include <optional>
#include <string>

#include <randomio/backends/s3/credentials/secret.hpp>
#include <randomio/core/io/attributes.hpp>

namespace randomio::s3 {

/// What requests are signed with. The access key id is no secret: every signed request shows it.
struct credentials {
  std::string access_key_id = {};  ///< Empty: anonymous, requests are not signed.
  secret secret_access_key = {};
  secret session_token = {};  ///< Empty for long-term keys.
  std::optional<timestamp> expires = std::nullopt;
  std::string origin = {};  ///< Where they come from, for people: "profile 'dev'".

  [[nodiscard]] bool anonymous() const noexcept { return access_key_id.empty(); }
};

/// Whether they sign alike.
[[nodiscard]] inline bool same_keys(const credentials& a, const credentials& b) noexcept {
  return a.access_key_id == b.access_key_id && a.secret_access_key == b.secret_access_key &&
         a.session_token == b.session_token;
}

}  // namespace randomio::s3
