#pragma once

#include <string>
#include <string_view>

#include <randomio/backends/azure/credentials/credentials.hpp>
#include <randomio/backends/http/client.hpp>

namespace randomio::azure {

/// What the signature of a request is made of. Source: Azure Storage REST API, "Authorize with Shared Key", version
/// 2015-02-21 and later. Errors: invalid, for a URL that is none.
[[nodiscard]] result<std::string> string_to_sign(const http::request& what, std::string_view account);

/// Adds the signature of a request that is complete but for it; `with` is a shared key. Errors: as `string_to_sign`.
[[nodiscard]] result<void> sign(http::request& what, const credentials& with);

/// Adds what authorises a request at a time: `x-ms-version`, `x-ms-date`, and a signature, token or SAS.
/// Errors: invalid, for a URL that is none.
[[nodiscard]] result<void> authorise(http::request& what, const credentials& with, timestamp at);

}  // namespace randomio::azure
