#pragma once

#include <string_view>

#include <randomio/backends/http/curl_client.hpp>
#include <randomio/backends/http/retrying_client.hpp>
#include <randomio/backends/http/setting_reader.hpp>

namespace randomio::http {

/// The keys that `read_transport` takes, for people.
inline constexpr std::string_view transport_keys =
    "verify_tls, ca_file, ca_dir, proxy, no_proxy, connections, connect_timeout, idle_timeout, timeout, retries, "
    "retry_timeout, user_agent";

/// How a service is reached, from settings, and, for what they do not say, from the variables of these names behind
/// `prefix` ("AWS_", "AZURE_"): ALLOW_INVALID_CERTIFICATES, CA_BUNDLE, PROXY_URL, PROXY_EXCLUDES, CONNECT_TIMEOUT,
/// READ_TIMEOUT, TIMEOUT, MAX_ATTEMPTS, USER_AGENT. What neither says stays as it is.
///
/// Errors:  the reader keeps the first.
/// Source:  object_store, ClientConfigKey; AWS SDKs and Tools Reference Guide, "Environment variables".
void read_transport(setting_reader& from, std::string_view prefix, curl_options& transport, retry_options& retry);

}  // namespace randomio::http
