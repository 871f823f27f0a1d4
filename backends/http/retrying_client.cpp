#include <randomio/backends/http/retrying_client.hpp>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include <randomio/backends/http/retry_verdict.hpp>
#include <randomio/core/runtime/either_stop.hpp>
#include <randomio/core/runtime/sleep.hpp>

namespace randomio::http {
namespace {

constexpr std::size_t excerpt_max = 500;

// The beginning of what the server said, on one line.
std::string excerpt(std::string_view body) {
  std::string made(body.substr(0, excerpt_max));
  for (char& c : made) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  }
  return made;
}

error unknown_outcome(const result<reply>& last) {
  std::string message;
  int status = 0;
  if (last) {
    status = last->status;
    message = "the server failed, and may have carried out the request: " + excerpt(last->body);
  } else {
    status = last.error().vendor_code();
    message.append(name(last.error().code())).append(": ").append(last.error().message());
  }
  return error(errc::outcome_unknown, operation::none, status).with_message(message);
}

error after(unsigned attempts, error failure) {
  if (attempts <= 1) return failure;
  std::string message(failure.message());
  message.append(message.empty() ? "after " : ", after ").append(std::to_string(attempts)).append(" attempts");
  return error(failure.code(), failure.op(), failure.vendor_code())
      .with_message(message)
      .with_key(failure.key())
      .with_request_id(failure.request_id());
}

}  // namespace

std::chrono::steady_clock::time_point retry_timing::now() {
  return std::chrono::steady_clock::now();
}

timestamp retry_timing::date() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {.seconds = std::chrono::floor<std::chrono::seconds>(now).count(), .nanoseconds = 0};
}

double retry_timing::chance() {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

task<result<void>> retry_timing::sleep(std::chrono::nanoseconds duration, stop_token stop) {
  co_return co_await sleep_for(duration, stop);
}

retrying_client::retrying_client(client& next, retry_options options, retry_timing* timing)
    : next_(next), options_(options), timing_(timing != nullptr ? *timing : own_timing_), budget_(options.budget) {}

std::chrono::nanoseconds retrying_client::delay_before(unsigned retry, const result<reply>& last) {
  using std::chrono::nanoseconds;
  const nanoseconds most = options_.delay_max;
  nanoseconds bound = options_.delay_base;
  for (unsigned i = 1; i < retry && bound < most; ++i) bound *= 2;
  bound = std::min(bound, most);
  const auto random = [&](nanoseconds up_to) {
    return nanoseconds(static_cast<nanoseconds::rep>(static_cast<double>(up_to.count()) * timing_.chance()));
  };
  nanoseconds delay = budget_.take(options_.budget_per_retry) ? random(bound) : most / 2 + random(most / 2);
  if (last) {
    if (const auto asked = retry_after(last->headers, timing_.date())) {
      // Those who were told the same time do not all come back at it.
      delay = std::max(delay, std::min<nanoseconds>(*asked, options_.retry_after_max) + random(options_.delay_base));
    }
  }
  return delay;
}

task<result<reply>> retrying_client::send(const request& what) {
  if (!options_.stop.stop_possible()) co_return co_await attempts(what);
  either_stop either(what.stop, options_.stop);
  auto bounded = what;
  bounded.stop = either.token();
  auto outcome = co_await attempts(bounded);
  const bool is_cut_off = !outcome && outcome.error() == errc::cancelled && !what.stop.stop_requested();
  if (is_cut_off) co_return unexpected(error(errc::timed_out).with_message("no answer before the time was over"));
  co_return outcome;
}

task<result<reply>> retrying_client::attempts(const request& what) {
  const auto begun = timing_.now();
  std::optional<result<reply>> before;
  for (unsigned attempt = 1;; ++attempt) {
    auto last = co_await next_.send(what);
    // What was cut off says less than what it was repeated for.
    const bool is_cut_off = !last && last.error() == errc::cancelled && options_.stop.stop_requested();
    if (is_cut_off && before) co_return *std::move(before);
    if (last) last->attempts = attempt;
    const auto verdict = last ? judge(what, *last, options_.throttles) : judge(what, last.error());
    if (verdict == retry_verdict::ambiguous) co_return unexpected(unknown_outcome(last));
    if (verdict == retry_verdict::final) {
      if (last && last->status < 500) budget_.give(attempt > 1 ? options_.budget_per_retry : 1);
      if (!last) co_return unexpected(after(attempt, std::move(last).error()));
      co_return last;
    }

    auto attempts_max = std::max(options_.attempts_max, 1U);
    if (last && judge(what, *last, nullptr) == retry_verdict::final) {
      attempts_max = std::min(attempts_max, std::max(options_.throttles_attempts_max, 1U));
    }
    bool enough = attempt >= attempts_max;
    if (!enough) {
      const auto delay = delay_before(attempt, last);
      enough = timing_.now() - begun + delay > options_.time_max;
      if (!enough) {
        const auto slept = co_await timing_.sleep(delay, what.stop);
        if (!slept && !options_.stop.stop_requested()) co_return unexpected(error(errc::cancelled));
        enough = !slept;
      }
    }
    if (!last) last = unexpected(after(attempt, std::move(last).error()));
    if (enough) co_return last;
    before = std::move(last);
  }
}

}  // namespace randomio::http
