#pragma once

#include <randomio/backends/s3/credentials/provider.hpp>

namespace randomio::s3 {

/// Keys in environment variables: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN or AWS_TOKEN, and
/// AWS_CREDENTIAL_EXPIRATION. Source: AWS SDKs and Tools Reference Guide, "AWS access keys".
class environment_provider : public provider {
 public:
  explicit environment_provider(const provider_context& in) : in_(in) {}

  [[nodiscard]] task<result<credentials>> get() override;
  [[nodiscard]] std::string describe() const override { return "environment"; }

 private:
  provider_context in_;
};

}  // namespace randomio::s3
