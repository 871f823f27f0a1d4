#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <randomio/backends/http/credentials/caching_provider.hpp>
#include <randomio/backends/http/credentials/provider.hpp>
#include <randomio/backends/http/credentials/secret.hpp>
#include <randomio/core/io/attributes.hpp>

namespace randomio::azure {

using http::secret;

/// What requests are authorised with.
struct credentials {
  enum class kind : std::uint8_t {
    anonymous,   ///< For public containers.
    shared_key,  ///< The account's key: each request is signed.
    sas,         ///< A shared access signature: a query that goes with each request.
    bearer,      ///< A token of Microsoft Entra ID.
  };

  kind what = kind::anonymous;
  std::string account = {};  ///< Whose key it is.
  secret value = {};         ///< The key as bytes, the SAS without its `?`, or the token.
  std::optional<timestamp> expires = std::nullopt;
  std::string origin = {};  ///< Where they come from, for people: "managed identity".
};

/// Whether they authorise alike.
[[nodiscard]] inline bool same_keys(const credentials& a, const credentials& b) noexcept {
  return a.what == b.what && a.account == b.account && a.value == b.value;
}

using provider = http::provider<credentials>;
using caching_provider = http::caching_provider<credentials>;

}  // namespace randomio::azure
