#pragma once

#include <memory>

#include <randomio/backends/azure/authorising_client.hpp>
#include <randomio/backends/azure/options.hpp>
#include <randomio/backends/azure/store.hpp>
#include <randomio/backends/http/curl_client.hpp>
#include <randomio/backends/http/retrying_client.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>

namespace randomio::azure {

/// How a store reaches its service.
struct connection_options {
  http::curl_options transport = {};  ///< Plain http is taken when `options::allow_http` says so, too.
  http::retry_options retry = {};
  authorising_client::notice notice = {};
};

/// A container, with a connection of its own: curl, below what authorises each attempt, below the retry. Credentials
/// come from where the options say (`provider_for`). Nothing is sent yet.
///
/// Errors:  invalid, naming the option.
/// Borrows: `pool`, for the store's life.
[[nodiscard]] result<std::unique_ptr<store>> open_store(options what, connection_options how, blocking_pool& pool);

}  // namespace randomio::azure
