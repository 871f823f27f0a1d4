#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <randomio/backends/azure/credentials/credentials.hpp>
#include <randomio/core/io/error.hpp>

namespace randomio::azure {

/// What a service SAS for one blob allows.
struct sas_grant {
  std::string_view container;
  std::string_view blob;  ///< As it is called, not encoded.
  std::string_view permissions = "r";
  timestamp expires = {};
  bool https_only = true;
};

/// What its signature is made of. Source: Azure Storage REST API, "Create a service SAS", version 2020-12-06 and later.
[[nodiscard]] std::string sas_string_to_sign(std::string_view account, const sas_grant& what);

/// A SAS for one blob, as a query without `?`: a secret. `key` must be a shared key.
[[nodiscard]] std::string mint_sas(const credentials& key, const sas_grant& what);

/// A SAS without its `?` and blanks around it, for everything else it stays as it is. Errors: invalid.
[[nodiscard]] result<std::string> tidy_sas(std::string_view text);
/// When it ends, if it says so. Source: as above, `se`.
[[nodiscard]] std::optional<timestamp> sas_expiry(std::string_view tidy) noexcept;

/// Adds a query to a URL that may have one.
void append_query(std::string& url, std::string_view query);

/// `2024-01-31T12:00:00Z`, with a fraction if it likes. Source: ISO 8601 as SAS use it, UTC only.
[[nodiscard]] std::optional<timestamp> parse_utc(std::string_view text) noexcept;
[[nodiscard]] std::string utc_text(timestamp when);

}  // namespace randomio::azure
