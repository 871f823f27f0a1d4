#pragma once

#include <string>

#include <randomio/backends/s3/credentials/provider.hpp>

namespace randomio::s3 {

/// The endpoint that ECS tasks and EKS pods get: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI, with
/// AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or AWS_CONTAINER_AUTHORIZATION_TOKEN.
/// Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
class container_provider : public provider {
 public:
  explicit container_provider(const provider_context& in) : in_(in) {}

  [[nodiscard]] task<result<credentials>> get() override;
  [[nodiscard]] std::string describe() const override { return "container credentials"; }

 private:
  [[nodiscard]] task<result<secret>> authorization() const;

  provider_context in_;
};

/// Whether a token may be sent to this URL: over TLS, to this machine, or to the addresses of ECS and EKS.
[[nodiscard]] bool is_container_endpoint(std::string_view url);

}  // namespace randomio::s3
