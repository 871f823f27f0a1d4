#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <randomio/backends/http/curl_client.hpp>
#include <randomio/backends/http/retrying_client.hpp>
#include <randomio/backends/s3/credentials/caching_provider.hpp>
#include <randomio/backends/s3/credentials/provider.hpp>
#include <randomio/backends/s3/options.hpp>
#include <randomio/backends/s3/signing_client.hpp>
#include <randomio/backends/s3/store.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>

namespace randomio::s3 {

/// How a store reaches its service, and as whom.
struct connection_options {
  using provider_factory = std::function<std::unique_ptr<provider>(const provider_context&)>;

  http::curl_options transport = {};
  http::retry_options retry = {};
  /// Makes what the requests are signed with. What it is given lives as long as the store.
  provider_factory credentials = {};
  payload_signing payload = payload_signing::by_scheme;
  std::function<void(std::string_view)> notice = {};  ///< As `signing_client::options::notice`.
};

/// Sends requests, each attempt signed, and repeats them: curl, below a signer, below the retry.
class connection final : public http::client {
 public:
  /// Borrows: `pool`, for its life.
  connection(connection_options how, std::string_view region, blocking_pool& pool);

  [[nodiscard]] task<result<http::reply>> send(const http::request& what) override { return retrying_.send(what); }
  [[nodiscard]] signing_client& signing() noexcept { return signing_; }

 private:
  http::curl_client transport_;
  http::curl_client local_;
  caching_provider keys_;
  signing_client signing_;
  http::retrying_client retrying_;
};

/// A store with a connection of its own. Asks nothing of the service yet.
///
/// Errors:  invalid, naming the option.
/// Borrows: `pool`, for the store's life.
[[nodiscard]] result<std::unique_ptr<store>> open_store(options what, connection_options how, blocking_pool& pool);

}  // namespace randomio::s3
