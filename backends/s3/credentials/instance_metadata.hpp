#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <randomio/backends/s3/credentials/provider.hpp>

namespace randomio::s3 {

/// The role of the EC2 instance, from its metadata service, version 2: a token first, then the role's name, then its
/// credentials. Version 1, without a token, only on request.
///
/// Source: Amazon EC2 User Guide, "Use the Instance Metadata Service".
class instance_metadata_provider : public provider {
 public:
  struct options {
    std::string endpoint = {};  ///< Empty: the variables', or http://169.254.169.254.
    bool version_1 = false;     ///< When the service knows no tokens. Also AWS_IMDSV1_FALLBACK.
  };

  instance_metadata_provider(const provider_context& in, options with);

  /// Errors: not_found, when the variables say that the service is not to be asked, or the instance has no role.
  [[nodiscard]] task<result<credentials>> get() override;
  [[nodiscard]] std::string describe() const override { return "instance metadata"; }

 private:
  [[nodiscard]] task<result<http::reply>> ask(http::request what);
  [[nodiscard]] task<result<void>> renew_token();
  [[nodiscard]] task<result<http::reply>> read(std::string path);

  provider_context in_;
  options with_;
  std::string endpoint_;
  std::chrono::nanoseconds time_for_reply_;
  unsigned attempts_;
  secret token_;
  timestamp token_expires_;
};

}  // namespace randomio::s3
