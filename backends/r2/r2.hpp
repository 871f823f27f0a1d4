#pragma once

#include <string>

#include <randomio/backends/http/client.hpp>
#include <randomio/backends/http/retrying_client.hpp>
#include <randomio/backends/s3/options.hpp>

namespace randomio::r2 {

/// Where a bucket of R2 is.
struct location {
  std::string account;
  std::string jurisdiction = {};  ///< `eu` or `fedramp`; empty: none.
};

/// Fills in what is different from S3: endpoint and region (unless `endpoint` is set), limits, and what the service
/// does not know: tags, storage encryption by field, conditions on deletes.
///
/// Errors:  invalid, for an account or jurisdiction that no host name can hold.
/// Source:  developers.cloudflare.com/r2/api/s3/api, /r2/platform/limits, /r2/api/s3/extensions.
[[nodiscard]] result<s3::options> options_for(const location& where, s3::options with);

/// The same for the retry of requests.
[[nodiscard]] http::retry_options retry_options_for(http::retry_options with);

/// Whether a reply may mean 429 although it says 403, as users of R2 have seen. It may also mean what it says.
[[nodiscard]] bool may_be_throttled(const http::reply& reply);

}  // namespace randomio::r2
