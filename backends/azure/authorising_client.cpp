#include <randomio/backends/azure/authorising_client.hpp>

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include <randomio/backends/azure/azure_error.hpp>
#include <randomio/backends/azure/sas.hpp>
#include <randomio/backends/azure/shared_key.hpp>
#include <randomio/backends/http/http_date.hpp>

namespace randomio::azure {
namespace {

// Half of the 15 minutes that the service takes: more may be why a request was refused without a word.
constexpr std::int64_t far_off_seconds = 15 * 60 / 2;

bool refuses_credentials(const http::reply& got) {
  if (got.status != 401 && got.status != 403) return false;
  const auto code = service_code_of(got);
  return got.status == 401 || code == "AuthenticationFailed" || code == "InvalidAuthenticationInfo";
}

bool is_over(const credentials& keys, timestamp now) {
  return keys.what == credentials::kind::sas && keys.expires && keys.expires->seconds <= now.seconds;
}

// The service does not say so.
error over(const credentials& keys, const http::reply& refusal) {
  return error(errc::unauthenticated, operation::none, refusal.status)
      .with_message("the shared access signature has expired: it was valid until " + utc_text(*keys.expires))
      .with_request_id(refusal.headers.find("x-ms-request-id").value_or(""));
}

}  // namespace

timestamp authorising_client::now() const {
  auto at = now_();
  at.seconds += behind_seconds_.load(std::memory_order_relaxed);
  return at;
}

bool authorising_client::correct_clock(const http::reply& from) {
  const auto date = from.headers.find("Date");
  const auto theirs = date ? http::parse_http_date(*date) : std::nullopt;
  if (!theirs) return false;
  const auto behind = theirs->seconds - now_().seconds;
  if (std::abs(behind - behind_seconds_.load(std::memory_order_relaxed)) <= far_off_seconds) return false;
  behind_seconds_.store(behind, std::memory_order_relaxed);
  if (std::abs(behind) > far_off_seconds && notice_ && !noticed_.exchange(true)) {
    notice_("the clock of this machine is " + std::to_string(std::abs(behind)) + " s " +
            (behind > 0 ? "behind" : "ahead of") + " the service's; requests are signed with the service's time");
  }
  return true;
}

task<result<http::reply>> authorising_client::send(const http::request& what) {
  auto keys = co_await keys_.get();
  if (!keys) co_return unexpected(std::move(keys).error());
  unsigned attempts = 0;
  while (true) {
    auto signed_copy = what;
    if (auto done = authorise(signed_copy, *keys, now()); !done) co_return unexpected(std::move(done).error());
    auto got = co_await next_.send(signed_copy);
    if (!got) co_return got;
    const bool first = std::exchange(attempts, attempts + got->attempts) == 0;
    got->attempts = attempts;
    if (!first || !refuses_credentials(*got)) co_return got;
    if (is_over(*keys, now())) co_return unexpected(over(*keys, *got));
    if (keys->what == credentials::kind::shared_key) {
      if (!correct_clock(*got)) co_return got;
    } else {
      auto others = co_await keys_.replace(*keys);
      if (!others || same_keys(*others, *keys)) co_return got;
      keys = std::move(others);
    }
  }
}

}  // namespace randomio::azure
