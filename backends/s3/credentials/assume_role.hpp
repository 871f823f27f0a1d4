#pragma once

#include <memory>

#include <randomio/backends/s3/credentials/provider.hpp>
#include <randomio/backends/s3/credentials/sts.hpp>

namespace randomio::s3 {

/// A role, assumed with the credentials of another source.
/// Source: AWS STS API Reference, AssumeRole.
class assume_role_provider : public provider {
 public:
  assume_role_provider(const provider_context& in, std::unique_ptr<provider> source, role_request role,
                       sts_endpoint at);

  [[nodiscard]] task<result<credentials>> get() override;
  [[nodiscard]] std::string describe() const override;

 private:
  provider_context in_;
  std::unique_ptr<provider> source_;
  role_request role_;
  sts_endpoint at_;
};

}  // namespace randomio::s3
