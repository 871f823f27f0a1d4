#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/backends/s3/credentials/provider.hpp>
#include <randomio/backends/s3/credentials/shared_config.hpp>

namespace randomio::s3 {

/// What a profile says about credentials, as a provider: its keys, or those of the profile or source that it assumes a
/// role with, and so on; IAM Identity Center; or a program.
class profile_source {
 public:
  /// Borrows: `config`, for its life. The region is where STS is, and the profile's own when it is empty.
  profile_source(const provider_context& in, const shared_config& config, std::string sso_cache, std::string region)
      : in_(in), config_(config), sso_cache_(std::move(sso_cache)), region_(std::move(region)) {}

  /// Errors: not_found, when there is no such profile or it says nothing about credentials; invalid, when what it says
  ///         makes no sense, or leads in a circle; unsupported, when it wants a code that somebody must type (MFA).
  [[nodiscard]] result<std::unique_ptr<provider>> of(std::string_view profile);

 private:
  using made = result<std::unique_ptr<provider>>;
  [[nodiscard]] made role(std::string_view profile, const config_section& settings);
  [[nodiscard]] made own(std::string_view profile, const config_section& settings) const;
  [[nodiscard]] made keys(std::string_view profile, const config_section& settings) const;
  [[nodiscard]] made sso(std::string_view profile, const config_section& settings) const;
  [[nodiscard]] made named_source(std::string_view profile, std::string_view source) const;

  const provider_context& in_;
  const shared_config& config_;
  std::string sso_cache_;
  std::string region_;
  std::vector<std::string> visited_;
};

}  // namespace randomio::s3
