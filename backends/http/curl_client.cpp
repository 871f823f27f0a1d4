#include <randomio/backends/http/curl_client.hpp>

#include <curl/curl.h>

#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include <randomio/backends/http/curl_driver.hpp>
#include <randomio/backends/http/curl_transfer.hpp>
#include <randomio/core/runtime/invariant.hpp>
#include <randomio/core/runtime/loop.hpp>

namespace randomio::http {
namespace {

// Never undone: other users of curl in this program may still need it.
bool curl_is_there() noexcept {
  static const bool is_there = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return is_there;
}

/// Scheme and host of a URL that can be sent, and what is wrong with one that cannot.
result<std::string_view> origin_of(std::string_view url, bool allow_http) {
  const auto wrong = [](std::string_view text, std::string_view what) {
    return unexpected(error(errc::invalid).with_message(std::string(text).append(what)));
  };
  const auto colon = url.find("://");
  const auto scheme = url.substr(0, colon == url.npos ? 0 : colon);
  const bool is_plain = same_name(scheme, "http");
  if (!is_plain && !same_name(scheme, "https")) return wrong("a URL", " starts with neither https:// nor http://");
  const auto host = colon + 3;
  const auto origin = url.substr(0, url.find_first_of("/?#", host));
  if (origin.size() == host) return wrong(origin, " names no host");
  if (origin.contains('@')) return wrong(url.substr(0, host), ": user and password belong into header fields");
  if (is_plain && !allow_http) return wrong(origin, " is not encrypted: use https, or set allow_http");
  return origin;
}

}  // namespace

struct curl_client::state {
  explicit state(curl_options how) : options(std::move(how)) {}

  result<curl_driver*> driver_here() {
    auto* home = loop::current();
    detail::require(home != nullptr, "an HTTP request is sent outside of a loop");
    const std::scoped_lock lock(mutex);
    for (const auto& one : drivers) {
      if (&one->home() == home) return one.get();
    }
    if (!curl_is_there()) return fail(errc::unsupported);
    auto made = curl_driver::make(*home, options);
    if (!made) return unexpected(std::move(made).error());
    return drivers.emplace_back(std::move(*made)).get();
  }

  const curl_options options;
  std::mutex mutex;
  std::vector<std::unique_ptr<curl_driver>> drivers;  // A loop that begins where another ended takes over its driver.
};

curl_client::curl_client(curl_options options) : state_(std::make_unique<state>(std::move(options))) {}

curl_client::~curl_client() = default;

task<result<reply>> curl_client::send(const request& what) {
  const auto origin = origin_of(what.url, state_->options.allow_http);
  if (!origin) co_return unexpected(origin.error());
  auto driver = state_->driver_here();
  if (!driver) co_return unexpected(std::move(driver).error());
  co_return co_await curl_transfer(**driver, what, *origin);
}

}  // namespace randomio::http
