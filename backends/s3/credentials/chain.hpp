#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <randomio/backends/s3/credentials/instance_metadata.hpp>
#include <randomio/backends/s3/credentials/profile.hpp>
#include <randomio/backends/s3/credentials/provider.hpp>
#include <randomio/backends/s3/credentials/web_identity.hpp>

namespace randomio::s3 {

/// What the configuration says about credentials; what it does not say, the environment variables may.
struct chain_options {
  bool skip_signature = false;             ///< Anonymous access; also AWS_SKIP_SIGNATURE.
  credentials keys = {};                   ///< Known ones. Half a pair is an error.
  profile_provider::options profile = {};  ///< Naming one here passes over keys in the environment.
  role_request role = {};  ///< To assume with whatever the rest gives, or with `web_identity_token_file`.
  std::string web_identity_token_file = {};
  instance_metadata_provider::options instance_metadata = {};
  std::string sts_endpoint = {};  ///< What a profile says of it.
  std::string region = {};        ///< Where STS is asked; empty: AWS_REGION, AWS_DEFAULT_REGION, the profile's.

  /// Whether they, or the variable, ask for anonymous access.
  [[nodiscard]] bool is_anonymous(const variable_lookup& variables) const;
};

/// Sources, asked in order until one is configured; from then on it is the only one, so that a mount never changes
/// who it is.
class chain_provider : public provider {
 public:
  explicit chain_provider(std::vector<std::unique_ptr<provider>> sources) : sources_(std::move(sources)) {}

  /// Errors: those of the first source that is configured; unauthenticated, when none is, with what each said.
  [[nodiscard]] task<result<credentials>> get() override;
  [[nodiscard]] std::string describe() const override;

 private:
  std::vector<std::unique_ptr<provider>> sources_;
  std::atomic<const provider*> chosen_ = nullptr;
};

/// Configuration, environment, shared config and credentials files, web identity, container, instance metadata.
/// Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers".
[[nodiscard]] std::unique_ptr<provider> make_chain(const provider_context& in, const chain_options& with);

}  // namespace randomio::s3
