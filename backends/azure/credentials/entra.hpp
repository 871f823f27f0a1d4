#pragma once

#include <string>
#include <string_view>

#include <randomio/backends/azure/credentials/credentials.hpp>
#include <randomio/backends/azure/options.hpp>

namespace randomio::azure {

/// Asks Microsoft Entra ID for a token with a form, which is a secret and wiped.
/// Source: Microsoft identity platform, "The OAuth 2.0 client credentials flow".
[[nodiscard]] task<result<credentials>> request_token(const http::provider_context& in, const credential_options& who,
                                                      std::string form, std::string_view origin);

/// An application that proves with a secret who it is. Source: as above, "First case".
class client_secret_provider : public provider {
 public:
  client_secret_provider(http::provider_context in, credential_options who)
      : in_(std::move(in)), who_(std::move(who)) {}
  [[nodiscard]] task<result<credentials>> get() override;
  [[nodiscard]] std::string describe() const override { return "client secret of " + who_.client_id; }

 private:
  http::provider_context in_;
  credential_options who_;
};

/// An application that proves it with a token of another issuer, in a file that somebody keeps fresh: it is read anew
/// each time. Source: as above, "Third case"; Microsoft Entra Workload ID.
class workload_identity_provider : public provider {
 public:
  workload_identity_provider(http::provider_context in, credential_options who)
      : in_(std::move(in)), who_(std::move(who)) {}
  [[nodiscard]] task<result<credentials>> get() override;
  [[nodiscard]] std::string describe() const override { return "workload identity " + who_.client_id; }

 private:
  http::provider_context in_;
  credential_options who_;
};

}  // namespace randomio::azure
