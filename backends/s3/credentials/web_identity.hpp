#pragma once

#include <string>

#include <randomio/backends/s3/credentials/provider.hpp>
#include <randomio/backends/s3/credentials/sts.hpp>

namespace randomio::s3 {

/// A role, assumed with an OpenID Connect token that somebody keeps fresh in a file, as Kubernetes does.
/// Source: AWS STS API Reference, AssumeRoleWithWebIdentity.
class web_identity_provider : public provider {
 public:
  struct options {
    std::string token_file = {};
    role_request role = {};
  };

  web_identity_provider(const provider_context& in, options with, sts_endpoint at);
  /// From AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME where `with` says nothing.
  [[nodiscard]] static options with_variables(const provider_context& in, options with);

  [[nodiscard]] task<result<credentials>> get() override;
  [[nodiscard]] std::string describe() const override;

 private:
  provider_context in_;
  options with_;
  sts_endpoint at_;
};

}  // namespace randomio::s3
