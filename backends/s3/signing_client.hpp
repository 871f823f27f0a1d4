#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <randomio/backends/http/client.hpp>
#include <randomio/backends/s3/credentials/caching_provider.hpp>
#include <randomio/backends/s3/sigv4.hpp>

namespace randomio::s3 {

/// Signs each request that passes, so it belongs below whatever repeats requests: each attempt has a time of its own.
/// A request that is refused because its credentials have expired, or because of our clock, is sent once more with
/// others, or with the service's time.
///
/// Errors:  those of `next`; those of `caching_provider::get`.
/// Threads: as `http::client`.
class signing_client : public http::client {
 public:
  struct options {
    signing_options signing;
    wall_clock now = system_wall_clock();
    /// Told once when our clock is more than 5 minutes off: one line for a log. On the thread of the request.
    std::function<void(std::string_view)> notice = {};
  };

  /// Borrows: `next` and `keys`, for its life.
  signing_client(http::client& next, caching_provider& keys, options with);

  [[nodiscard]] task<result<http::reply>> send(const http::request& what) override;

  /// Signs for another region from now on: where the bucket turned out to be. Threads: any.
  void use_region(std::string_view region);

  [[nodiscard]] task<result<std::string>> presign(http::method verb, std::string_view url, const http::fields& headers,
                                                  std::chrono::seconds valid);

 private:
  [[nodiscard]] timestamp now() const;
  [[nodiscard]] std::shared_ptr<const signer> current_signer() const;
  [[nodiscard]] task<result<http::reply>> send_signed(const http::request& what, const credentials& with);
  [[nodiscard]] bool correct_clock(const http::reply& from, std::int64_t least_seconds);

  http::client& next_;
  caching_provider& keys_;
  const wall_clock now_;
  const std::function<void(std::string_view)> notice_;
  std::atomic<std::int64_t> behind_seconds_{0};  // How far the service's clock is ahead of ours.
  std::atomic<bool> noticed_{false};
  mutable std::mutex mutex_;
  std::shared_ptr<const signer> signer_;
};

}  // namespace randomio::s3
