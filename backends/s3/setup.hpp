#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <randomio/backends/http/setting_reader.hpp>
#include <randomio/backends/s3/connection.hpp>
#include <randomio/backends/s3/credentials/chain.hpp>
#include <randomio/backends/s3/credentials/profile_location.hpp>
#include <randomio/backends/s3/options.hpp>

namespace randomio::s3 {

using http::setting_lookup;
/// Looks up where a profile says that the service is; an empty name is nobody's choice: see `profile_location::of`.
using location_lookup = std::function<result<profile_location>(std::string_view profile)>;

/// The keys that `setup::from` takes beside `http::transport_keys`, for people.
inline constexpr std::string_view setting_keys =
    "bucket, prefix, region, endpoint, virtual_hosted_style, access_key_id, secret_access_key, session_token, "
    "skip_signature, profile, role_arn, role_session_name, external_id, web_identity_token_file, checksum, "
    "storage_class, sse, sse_kms_key_id, sse_bucket_key, sse_customer_key, requester_pays, tagging, bulk_delete, "
    "unsafe_without_conditions, sign_payload, allow_http";

/// All that a store is opened with.
struct setup {
  options what;
  connection_options how;
  chain_options who;
  std::string remark = {};  ///< What was left aside, for a log; usually nothing.

  /// From settings, and, for what they do not say, environment variables: those that the AWS SDKs and object_store
  /// read. Region and endpoint may also be those of the profile. Credentials in variables and profiles are left to the
  /// chain, which reads them anew each time. Files of profiles that cannot be read are left aside, with a remark, when
  /// there are keys and nothing names a profile.
  ///
  /// Errors:  invalid, naming the setting or variable and what was expected; those of `profiles`.
  /// Source:  AWS SDKs and Tools Reference Guide, "Environment variables"; object_store, AmazonS3ConfigKey.
  [[nodiscard]] static result<setup> from(const setting_lookup& settings, const variable_lookup& variables,
                                          const location_lookup& profiles);

  /// A store with these. Borrows: `pool`, for the store's life.
  [[nodiscard]] result<std::unique_ptr<store>> open(blocking_pool& pool) &&;
};

}  // namespace randomio::s3
