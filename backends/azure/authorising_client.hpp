#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

#include <randomio/backends/azure/credentials/credentials.hpp>
#include <randomio/backends/http/client.hpp>

namespace randomio::azure {

/// Authorises each request that passes, so it belongs below whatever repeats requests: each attempt has a time of its
/// own. A request that is refused for its credentials is sent once more with others, if there are, and one that is
/// refused while our clock is far off, with the service's time.
///
/// Errors:  those of `next`; those of `caching_provider::get`.
/// Threads: as `http::client`.
class authorising_client final : public http::client {
 public:
  /// Told once when a request was refused because our clock is far off: one line for a log. On the thread of the
  /// request.
  using notice = std::function<void(std::string_view)>;

  /// Borrows: `next` and `keys`, for its life.
  authorising_client(http::client& next, caching_provider& keys, http::wall_clock now = http::system_wall_clock(),
                     notice tell = {})
      : next_(next), keys_(keys), now_(std::move(now)), notice_(std::move(tell)) {}

  [[nodiscard]] task<result<http::reply>> send(const http::request& what) override;

  /// The time that requests are signed with: the service's, as far as it is known.
  [[nodiscard]] timestamp now() const;
  [[nodiscard]] task<result<credentials>> current() { return keys_.get(); }

 private:
  [[nodiscard]] bool correct_clock(const http::reply& from);

  http::client& next_;
  caching_provider& keys_;
  const http::wall_clock now_;
  const notice notice_;
  std::atomic<std::int64_t> behind_seconds_{0};  // How far the service's clock is ahead of ours.
  std::atomic<bool> noticed_{false};
};

}  // namespace randomio::azure
