#pragma once

#include <string>
#include <utility>

#include <randomio/backends/azure/credentials/credentials.hpp>
#include <randomio/backends/azure/options.hpp>

namespace randomio::azure {

/// The identity of the machine or service that this runs on: asked from an address that only it can reach.
/// Source: "How to use managed identities for Azure resources on an Azure VM to acquire an access token"; for App
/// Service and Functions "Use managed identities for App Service", REST endpoint reference.
class managed_identity_provider : public provider {
 public:
  managed_identity_provider(http::provider_context in, credential_options who)
      : in_(std::move(in)), who_(std::move(who)) {}
  [[nodiscard]] task<result<credentials>> get() override;
  [[nodiscard]] std::string describe() const override { return "managed identity"; }

 private:
  http::provider_context in_;
  credential_options who_;
};

}  // namespace randomio::azure
