#pragma once

#include <string_view>

#include <randomio/backends/azure/options.hpp>

namespace randomio::azure {

/// Fills what a connection string says and the options do not: account, key, SAS, endpoint.
///
/// Errors:  invalid; the message holds nothing of the text, which has the key in it.
/// Source:  Azure Storage documentation, "Configure Azure Storage connection strings".
[[nodiscard]] result<void> apply_connection_string(std::string_view text, options& to);

}  // namespace randomio::azure
