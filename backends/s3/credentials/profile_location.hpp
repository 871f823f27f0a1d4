#pragma once

#include <string>
#include <string_view>

#include <randomio/backends/s3/credentials/provider.hpp>

namespace randomio::s3 {

/// Whether AWS_IGNORE_CONFIGURED_ENDPOINT_URLS says that only the program's own settings may name an endpoint.
[[nodiscard]] bool ignores_configured_endpoints(const variable_lookup& variables);

class config_section;
class shared_config;

/// Where a profile says that a service, such as `s3` or `sts`, is: in the section that its `services` names, else by
/// its `endpoint_url`. Empty: it does not say, or such are to be ignored.
[[nodiscard]] std::string configured_endpoint(const variable_lookup& variables, const shared_config& in,
                                              const config_section& profile, std::string_view service);

/// Where a profile of the shared config and credentials files says that S3 is.
struct profile_location {
  std::string region = {};         ///< Empty: it does not say.
  std::string endpoint = {};       ///< A URL; empty likewise.
  std::string sts_endpoint = {};   ///< Likewise, of STS.
  bool ignores_endpoints = false;  ///< Neither it nor a variable is to name one.

  /// Of the profile `name`, or, when that is empty, of AWS_PROFILE, AWS_DEFAULT_PROFILE or "default". A profile that is
  /// not there says nothing: whether it must be there is the affair of `profile_provider`. The endpoint is that of `s3`
  /// in the section that the profile's `services` names, else the profile's `endpoint_url`. Blocks.
  ///
  /// Errors:  invalid, with the file and the line, or for `services` that name no section.
  /// Source:  AWS SDKs and Tools Reference Guide, "AWS Region", "Service-specific endpoints".
  [[nodiscard]] static result<profile_location> of(const variable_lookup& variables, std::string_view name);
};

}  // namespace randomio::s3
