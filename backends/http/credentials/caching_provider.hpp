#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include <randomio/backends/http/credentials/provider.hpp>
#include <randomio/core/runtime/gate.hpp>

namespace randomio::http {

namespace detail {
inline std::chrono::sys_time<std::chrono::nanoseconds> as_time(timestamp at) {
  return std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::seconds(at.seconds) +
                                                         std::chrono::nanoseconds(at.nanoseconds));
}

inline std::chrono::nanoseconds up_to(std::chrono::seconds bound) {
  if (bound.count() <= 0) return std::chrono::nanoseconds(0);
  thread_local std::minstd_rand chance{std::random_device{}()};
  return std::chrono::nanoseconds(
      std::uniform_int_distribution<std::int64_t>(0, std::chrono::nanoseconds(bound).count())(chance));
}
}  // namespace detail

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
template <class Credentials>
class caching_provider {
 public:
  explicit caching_provider(std::unique_ptr<provider<Credentials>> source, caching_options options = {});

  /// Errors: those of `provider::get`, once there is nothing valid left to serve.
  [[nodiscard]] task<result<Credentials>> get();

  /// Credentials other than these, which the service has just refused as expired or invalid; others that came in the
  /// meantime, or new ones. The same ones when the source has no others: they are refused for good.
  ///
  /// Errors: as above.
  [[nodiscard]] task<result<Credentials>> replace(const Credentials& refused);

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
  [[nodiscard]] freshness look(std::optional<result<Credentials>>& served) const;
  [[nodiscard]] task<result<Credentials>> renew();
  void keep(const result<Credentials>& renewed);
  [[nodiscard]] time due_at(const Credentials& renewed) const;

  const std::unique_ptr<provider<Credentials>> source_;
  const caching_options options_;
  async_gate renewing_;  // Whoever is inside may ask the source.

  mutable std::mutex mutex_;  // Guards what follows, and is never held across a suspension.
  std::optional<Credentials> current_;
  time due_{};  // When to ask for others.
  std::optional<error> failure_;
  pause asked_;     // Those that we have are served without asking for others.
  pause failed_;    // The failure stands for further attempts.
  pause replaced_;  // Refused credentials are not replaced again.
};

template <class Credentials>
caching_provider<Credentials>::caching_provider(std::unique_ptr<provider<Credentials>> source, caching_options options)
    : source_(std::move(source)), options_(std::move(options)) {}

template <class Credentials>
typename caching_provider<Credentials>::time caching_provider<Credentials>::now() const {
  return detail::as_time(options_.now());
}

// What can be served without asking the source, if anything, and whether it should be asked.
template <class Credentials>
typename caching_provider<Credentials>::freshness caching_provider<Credentials>::look(
    std::optional<result<Credentials>>& served) const {
  const auto at = now();
  const std::scoped_lock lock(mutex_);
  if (current_) {
    const bool valid = !current_->expires || at < detail::as_time(*current_->expires);
    const bool fresh = (valid && at < due_) || asked_.holds(at);
    if (fresh || valid) {
      served = *current_;
      return fresh ? freshness::fresh : freshness::due;
    }
  }
  if (failure_ && failed_.holds(at)) {
    served = unexpected(*failure_);
    return freshness::fresh;
  }
  return freshness::gone;
}

template <class Credentials>
task<result<Credentials>> caching_provider<Credentials>::get() {
  std::optional<result<Credentials>> served;
  auto state = look(served);
  if (state == freshness::fresh) co_return std::move(*served);
  auto inside = renewing_.try_lock();
  if (!inside.owns_lock()) {
    // Somebody asks already. Those that are still valid do not make others wait.
    if (state == freshness::due) co_return std::move(*served);
    inside = co_await renewing_.lock();
    state = look(served);
    if (state != freshness::gone) co_return std::move(*served);
  }
  auto renewed = co_await renew();
  if (renewed || state == freshness::gone) co_return renewed;
  co_return std::move(*served);
}

template <class Credentials>
task<result<Credentials>> caching_provider<Credentials>::replace(const Credentials& refused) {
  const auto inside = co_await renewing_.lock();
  {
    const auto at = now();
    const std::scoped_lock lock(mutex_);
    if (current_ && (!same_keys(*current_, refused) || replaced_.holds(at))) co_return *current_;
    if (failure_ && failed_.holds(at)) co_return unexpected(*failure_);
  }
  auto renewed = co_await renew();
  const std::scoped_lock lock(mutex_);
  replaced_ = {now() + options_.refused_retry, options_.refused_retry};
  co_return renewed;
}

// With the right to be inside.
template <class Credentials>
task<result<Credentials>> caching_provider<Credentials>::renew() {
  auto renewed = co_await source_->get();
  keep(renewed);
  co_return renewed;
}

template <class Credentials>
void caching_provider<Credentials>::keep(const result<Credentials>& renewed) {
  const auto at = now();
  const std::scoped_lock lock(mutex_);
  if (!renewed) {
    failure_ = renewed.error();
    failed_ = {at + options_.failed_for, options_.failed_for};
    asked_ = {at + options_.retry, options_.retry};
    if (current_ && current_->expires) asked_.until = std::min(asked_.until, detail::as_time(*current_->expires));
    return;
  }
  current_ = *renewed;
  failure_.reset();
  due_ = due_at(*renewed);
  // Expired on arrival: our clock is wrong, or the source gives what it has while it cannot renew. The service decides.
  const bool expired = renewed->expires && detail::as_time(*renewed->expires) <= at;
  asked_ = expired ? pause{at + options_.retry, options_.retry} : pause{};
}

template <class Credentials>
typename caching_provider<Credentials>::time caching_provider<Credentials>::due_at(const Credentials& renewed) const {
  if (!renewed.expires) return time::max();
  const auto at = now(), end = detail::as_time(*renewed.expires);
  const auto ahead = options_.ahead + detail::up_to(options_.ahead_jitter);
  return end - std::min<std::chrono::nanoseconds>(ahead, std::max(end - at, std::chrono::nanoseconds(0)) / 2);
}

}  // namespace randomio::http
