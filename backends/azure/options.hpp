#pragma once

#include <optional>
#include <string>

#include <randomio/backends/azure/credentials/credentials.hpp>
#include <randomio/backends/object/limits.hpp>

namespace randomio::azure {

/// Where credentials come from, and what those sources want to know. What is not set is not there.
struct credential_options {
  std::string type = {};    ///< Which source, by object_store's names; empty or "auto": the first that is configured.
  secret account_key = {};  ///< In base64.
  secret sas = {};
  secret token = {};
  std::string client_id = {};
  secret client_secret = {};
  std::string tenant_id = {};
  std::string authority_host = {};  ///< A URL; empty: https://login.microsoftonline.com.
  std::string federated_token_file = {};
  std::string msi_endpoint = {};  ///< A URL; empty: that of virtual machines.
  secret identity_header = {};    ///< What App Service wants to see.
  std::string object_id = {};
  std::string msi_resource_id = {};
  bool use_azure_cli = false;
  bool skip_signature = false;  ///< Anonymous access.
};

/// One container, or what lies below a prefix in it.
struct options {
  std::string account = {};
  std::string container = {};
  std::string prefix = {};           ///< Ends in a `/` or is empty; keys of the store are below it and do not show it.
  std::string endpoint = {};         ///< The account's URL; empty: https://ACCOUNT.blob.core.windows.net.
  std::string endpoint_suffix = {};  ///< Of other clouds: "core.chinacloudapi.cn".
  bool use_emulator = false;         ///< The account that Azurite has from the start, on 127.0.0.1:10000.
  bool allow_http = false;
  bool tagging = true;           ///< Tags are kept. Without it they are neither read nor written.
  std::string access_tier = {};  ///< Of new blobs; empty: the account's default.
  credential_options authorised_by = {};

  /// Treat conditions as honoured that are not: two writers then overwrite each other silently.
  bool unsafe_without_conditions = false;
  std::optional<object::conditions> honours = {};  ///< Absent: known for Azure, probed elsewhere.
};

}  // namespace randomio::azure
