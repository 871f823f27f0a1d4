#pragma once

#include <chrono>
#include <memory>

#include <randomio/backends/http/client.hpp>
#include <randomio/backends/http/retry_budget.hpp>
#include <randomio/core/io/attributes.hpp>

namespace randomio::http {

struct retry_options {
  unsigned attempts_max = 10;
  std::chrono::milliseconds time_max{180'000};  ///< No attempt begins later than this after the first one.
  std::chrono::milliseconds delay_base{100};  ///< Before the first retry at most; twice as much before each other one,
  std::chrono::milliseconds delay_max{15'000};        ///< up to this.
  std::chrono::milliseconds retry_after_max{60'000};  ///< Of the time that a server may ask for.

  unsigned budget = 500;          ///< Shared by all requests of this client.
  unsigned budget_per_retry = 5;  ///< Given back by a request that succeeds; one that never failed gives 1.

  /// Tells a reply that means 429 although it says something else; null: there is none.
  bool (*throttles)(const reply&) = nullptr;
  /// Ends all requests of this client for good: what is in flight is cut off, and nothing is sent any more.
  stop_token stop = {};
  unsigned throttles_attempts_max = 10;  ///< What only `throttles` tells may mean what it says, so it ends sooner.
};

/// The time and chance that retrying depends on.
class retry_timing {
 public:
  virtual ~retry_timing() = default;
  [[nodiscard]] virtual std::chrono::steady_clock::time_point now();
  [[nodiscard]] virtual timestamp date();
  /// Uniform in [0, 1).
  [[nodiscard]] virtual double chance();
  [[nodiscard]] virtual task<result<void>> sleep(std::chrono::nanoseconds duration, stop_token stop);
};

/// The one place where requests are retried: 408, 425, 429, 5xx but 501 and 505, a failure inside a success, and
/// replies that did not arrive or not whole. Waits between attempts with full jitter, or as long as Retry-After asks.
/// When the budget is empty retries go on, each after about `delay_max`: a storm of failures does not multiply the
/// load, and a service that comes back is noticed.
///
/// A request that may be repeated `if_refused` is so only after 429 or 503, or when it was not sent. When it may have
/// been carried out, its outcome is outcome_unknown at once, with the status and what the server said.
///
/// Returns: the last reply, whatever its status, with the number of attempts.
/// Errors:  as `client`; the last failure; timed_out, when `retry_options::stop` came before any.
/// Borrows: `next` and `timing`, for its whole life.
/// Threads: as `client`.
/// Source:  RFC 9110 §9.2.2; "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
class retrying_client final : public client {
 public:
  explicit retrying_client(client& next, retry_options options = {}, retry_timing* timing = nullptr);

  [[nodiscard]] task<result<reply>> send(const request& what) override;

  [[nodiscard]] const retry_budget& budget() const noexcept { return budget_; }

 private:
  [[nodiscard]] task<result<reply>> attempts(const request& what);
  [[nodiscard]] std::chrono::nanoseconds delay_before(unsigned retry, const result<reply>& last);

  client& next_;
  const retry_options options_;
  retry_timing own_timing_;
  retry_timing& timing_;
  retry_budget budget_;
};

}  // namespace randomio::http
