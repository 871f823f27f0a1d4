#pragma once

#include <string>

#include <randomio/backends/s3/credentials/provider.hpp>

namespace randomio::s3 {

/// A role of IAM Identity Center, with the token that `aws sso login` left in its cache. Only read: when the token has
/// expired, somebody has to log in again.
///
/// Source: AWS SDKs and Tools Reference Guide, "IAM Identity Center credential provider"; IAM Identity Center Portal
///         API Reference, GetRoleCredentials.
class sso_provider : public provider {
 public:
  struct options {
    std::string session = {};    ///< Of an sso-session section; empty for the legacy form.
    std::string start_url = {};  ///< Names the token in the cache when there is no session.
    std::string region = {};
    std::string account_id = {};
    std::string role_name = {};
    std::string cache_directory = {};
  };

  sso_provider(const provider_context& in, options with) : in_(in), with_(std::move(with)) {}

  [[nodiscard]] task<result<credentials>> get() override;
  [[nodiscard]] std::string describe() const override;

 private:
  /// Blocks.
  [[nodiscard]] result<secret> cached_token() const;

  provider_context in_;
  options with_;
};

/// Where the token of a session or start URL is in the cache: its SHA-1 in hexadecimal, and `.json`.
[[nodiscard]] std::string sso_cache_name(std::string_view session_or_url);

/// Credentials in the reply to GetRoleCredentials. `origin` stays empty. Errors: corrupt.
[[nodiscard]] result<credentials> credentials_from_sso(std::string_view body);

}  // namespace randomio::s3
