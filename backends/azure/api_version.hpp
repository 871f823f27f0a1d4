#pragma once

#include <string_view>

namespace randomio::azure {

/// Of all requests and of the SAS that we mint. The newest that Azurite 3.35 takes; what we need came with 2020-12-06
/// (the SAS) and 2021-02-12 (names that XML cannot hold).
/// Source: Azure Storage REST API, "Versioning for Azure Storage".
inline constexpr std::string_view api_version = "2025-11-05";

}  // namespace randomio::azure
