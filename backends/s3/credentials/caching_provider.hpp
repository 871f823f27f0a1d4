#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <randomio/backends/s3/credentials/provider.hpp>
#include <randomio/core/runtime/gate.hpp>

namespace randomio::s3 {

/// When `caching_provider` asks its source. The defaults suit credentials that live an hour.
struct caching_options {
  std::chrono::seconds ahead{300};        ///< So long before they expire; at most half of the time they have.
  std::chrono::seconds ahead_jitter{60};  ///< And up to this much earlier, so that machines do not ask all at once.
  std::chrono::seconds retry{15};         ///< Between attempts, while those that we have are still valid.
  std::chrono::seconds refused_retry{5};  ///< Between attempts, while the service refuses those that we have.
  std::chrono::milliseconds failed_for{1000};  ///< An attempt that failed with nothing to fall back on counts so long.
  wall_clock now = system_wall_clock();
};

/// Remembers credentials and renews them ahead of their expiry, one request at a time however many wait on however
/// many loops. Those that are still valid are served while renewing fails.
///
/// Threads: concurrent calls from several loops are safe.
class caching_provider {
 public:
  explicit caching_provider(std::unique_ptr<provider> source, caching_options options = {});

  /// Errors: those of `provider::get`, once there is nothing valid left to serve.
  [[nodiscard]] task<result<credentials>> get();

  /// Credentials other than these, which the service has just refused as expired or invalid; others that came in the
  /// meantime, or new ones. The same ones when the source has no others: they are refused for good.
  ///
  /// Errors: as above.
  [[nodiscard]] task<result<credentials>> replace(const credentials& refused);

  [[nodiscard]] std::string describe() const { return source_->describe(); }

 private:
  using time = std::chrono::sys_time<std::chrono::nanoseconds>;
  enum class freshness : std::uint8_t { fresh, due, gone };

  /// A span of time in which something is not done again. A clock that is set back ends it.
  struct pause {
    time until = {};
    std::chrono::nanoseconds length{0};
    [[nodiscard]] bool holds(time at) const noexcept { return at < until && until - at <= length; }
  };

  [[nodiscard]] time now() const;
  [[nodiscard]] freshness look(std::optional<result<credentials>>& served) const;
  [[nodiscard]] task<result<credentials>> renew();
  void keep(const result<credentials>& renewed);
  [[nodiscard]] time due_at(const credentials& renewed) const;

  const std::unique_ptr<provider> source_;
  const caching_options options_;
  async_gate renewing_;  // Whoever is inside may ask the source.

  mutable std::mutex mutex_;  // Guards what follows, and is never held across a suspension.
  std::optional<credentials> current_;
  time due_{};  // When to ask for others.
  std::optional<error> failure_;
  pause asked_;     // Those that we have are served without asking for others.
  pause failed_;    // The failure stands for further attempts.
  pause replaced_;  // Refused credentials are not replaced again.
};

}  // namespace randomio::s3
