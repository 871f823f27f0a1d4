#pragma once

#include <memory>

#include <randomio/backends/azure/credentials/credentials.hpp>
#include <randomio/backends/azure/options.hpp>

namespace randomio::azure {

/// The source that the options ask for; else the first that is configured: token, account key, workload identity,
/// client secret, SAS, az program, and in the end the managed identity of where this runs.
///
/// Errors:  invalid, when the source that is asked for is not configured.
/// Source:  the `object_store` crate, `MicrosoftAzureBuilder::build`.
[[nodiscard]] result<std::unique_ptr<provider>> provider_for(const options& what, const http::provider_context& in);

}  // namespace randomio::azure
