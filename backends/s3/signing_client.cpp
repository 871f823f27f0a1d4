#include <randomio/backends/s3/signing_client.hpp>

#include <cstdlib>
#include <utility>

#include <randomio/backends/http/http_date.hpp>
#include <randomio/backends/s3/refused_signature.hpp>

namespace randomio::s3 {
namespace {

// Services accept 15 minutes; a clock that is 5 off is not synchronized, and worth a word before it stops working.
constexpr std::int64_t worth_a_notice_seconds = 300;
// What a reply takes to arrive is no skew.
constexpr std::int64_t exact_seconds = 2;
// Half of what services accept: more than this may be why a request was refused without a word.
constexpr std::int64_t far_off_seconds = 15 * 60 / 2;

// A reply to HEAD has no body that says why, so it is taken for what signing differently might help.
signature_refusal refusal_of(const http::request& what, const http::reply& from, const credentials& with) {
  const auto told = refusal_in(from);
  if (told != signature_refusal::none || what.verb != http::method::head) return told;
  if (from.status == 403) return signature_refusal::clock;
  return from.status == 400 && !with.session_token.empty() ? signature_refusal::credentials : told;
}

}  // namespace

signing_client::signing_client(http::client& next, caching_provider& keys, options with)
    : next_(next),
      keys_(keys),
      now_(std::move(with.now)),
      notice_(std::move(with.notice)),
      signer_(std::make_shared<const signer>(std::move(with.signing))) {}

timestamp signing_client::now() const {
  auto at = now_();
  at.seconds += behind_seconds_.load(std::memory_order_relaxed);
  return at;
}

std::shared_ptr<const signer> signing_client::current_signer() const {
  const std::scoped_lock lock(mutex_);
  return signer_;
}

void signing_client::use_region(std::string_view region) {
  const std::scoped_lock lock(mutex_);
  if (signer_->options().region == region) return;
  auto options = signer_->options();
  options.region = region;
  signer_ = std::make_shared<const signer>(std::move(options));
}

task<result<http::reply>> signing_client::send_signed(const http::request& what, const credentials& with) {
  auto signed_copy = what;
  if (auto done = current_signer()->sign(signed_copy, with, now()); !done)
    co_return unexpected(std::move(done).error());
  co_return co_await next_.send(signed_copy);
}

task<result<http::reply>> signing_client::send(const http::request& what) {
  auto keys = co_await keys_.get();
  if (!keys) co_return unexpected(std::move(keys).error());
  if (keys->anonymous()) co_return co_await next_.send(what);

  bool renewed = false, corrected = false;
  unsigned attempts = 0;
  while (true) {
    auto got = co_await send_signed(what, *keys);
    if (!got) co_return got;
    got->attempts += std::exchange(attempts, 0);
    const auto refusal = refusal_of(what, *got, *keys);
    bool again = false;
    if (refusal == signature_refusal::clock && !std::exchange(corrected, true)) {
      again = correct_clock(*got, what.verb == http::method::head ? far_off_seconds : exact_seconds);
    } else if (refusal == signature_refusal::credentials && !std::exchange(renewed, true)) {
      auto others = co_await keys_.replace(*keys);
      again = others && !same_keys(*others, *keys);
      if (again) keys = std::move(others);
    }
    if (!again) co_return got;
    attempts = got->attempts;
  }
}

// Takes the service's time from a reply. Returns: whether signing with it makes a difference.
bool signing_client::correct_clock(const http::reply& from, std::int64_t least_seconds) {
  const auto date = from.headers.find("Date");
  const auto theirs = date ? http::parse_http_date(*date) : std::nullopt;
  if (!theirs) return false;
  auto behind = theirs->seconds - now_().seconds;
  if (std::abs(behind) <= exact_seconds) behind = 0;
  const auto before = behind_seconds_.load(std::memory_order_relaxed);
  if (std::abs(behind - before) <= least_seconds) return false;
  behind_seconds_.store(behind, std::memory_order_relaxed);
  if (std::abs(behind) > worth_a_notice_seconds && notice_ && !noticed_.exchange(true)) {
    notice_("the clock of this machine is " + std::to_string(std::abs(behind)) + " s " +
            (behind > 0 ? "behind" : "ahead of") + " the service's; requests are signed with the service's time");
  }
  return true;
}

task<result<std::string>> signing_client::presign(http::method verb, std::string_view url, const http::fields& headers,
                                                  std::chrono::seconds valid) {
  auto keys = co_await keys_.get();
  if (!keys) co_return unexpected(std::move(keys).error());
  co_return current_signer()->presign(verb, url, headers, *keys, now(), valid);
}

}  // namespace randomio::s3
