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

}  // namespace randomio::s3
