#pragma once

#include <map>
#include <string>
#include <string_view>

#include <randomio/backends/azure/options.hpp>

namespace randomio::azure {

/// Takes what it knows out of `values` (settings, by key) and reads the rest from environment variables. A setting
/// goes by a short name (`account_key`) or by the variable's in lower case (`azure_storage_account_key`); settings win
/// over variables. Values count only where the variable is not set by a setting.
///
/// Errors:  invalid, with the key and what was expected, never the value of a secret.
/// Source:  the `object_store` crate, `AzureConfigKey`; AZURE_STORAGE_CONNECTION_STRING as in the az CLI.
[[nodiscard]] result<options> options_from(std::map<std::string, std::string>& values,
                                           const http::variable_lookup& variables);

/// The short names, for messages.
[[nodiscard]] std::string known_settings();

/// Takes `az://ACCOUNT/CONTAINER/PREFIX` apart: its path, without the query. Errors: invalid.
[[nodiscard]] result<void> apply_location(std::string_view account, std::string_view path,
                                          std::map<std::string, std::string>& values);

}  // namespace randomio::azure
