#pragma once

#include <string_view>

#include <randomio/backends/s3/credentials/credentials.hpp>
#include <randomio/backends/s3/credentials/json_members.hpp>

namespace randomio::s3 {

/// Credentials as container and instance metadata services and helper programs write them: AccessKeyId,
/// SecretAccessKey, Token or SessionToken, and Expiration. `origin` stays empty.
///
/// Errors:  corrupt, when one is missing or malformed; the message says which, never what it is.
/// Source:  AWS SDKs and Tools Reference Guide, "Process credential provider"; Amazon EC2 User Guide, "Retrieve
///          security credentials from instance metadata".
[[nodiscard]] result<credentials> credentials_from_json(std::string_view text);

}  // namespace randomio::s3
