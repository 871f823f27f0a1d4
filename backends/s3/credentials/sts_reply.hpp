#pragma once

#include <span>
#include <string>

#include <randomio/backends/http/client.hpp>
#include <randomio/backends/s3/credentials/credentials.hpp>

namespace randomio::s3 {

/// The credentials in the reply to AssumeRole or AssumeRoleWithWebIdentity. The body is wiped. `origin` stays empty.
///
/// Errors:  unauthenticated, when STS refused, with its code and message less what `sent` in secrets; throttled,
///          unreachable, when it could not answer; corrupt. With status and request id.
/// Source:  AWS STS API Reference.
[[nodiscard]] result<credentials> credentials_from_sts(http::reply& from, std::span<const secret> sent);

}  // namespace randomio::s3
