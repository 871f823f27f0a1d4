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

bool has_scheme(std::string_view url, std::string_view scheme) noexcept {
  return url.size() > scheme.size() && same_name(url.substr(0, scheme.size()), scheme);
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
  if (has_scheme(what.url, "http://")) {
    if (!state_->options.allow_http) {
      const std::string_view origin = std::string_view(what.url).substr(0, what.url.find_first_of("/?#", 7));
      co_return unexpected(
          error(errc::invalid).with_message(std::string(origin) + " is not encrypted: use https, or set allow_http"));
    }
  } else if (!has_scheme(what.url, "https://")) {
    co_return unexpected(error(errc::invalid).with_message("a URL starts with neither https:// nor http://"));
  }
  auto driver = state_->driver_here();
  if (!driver) co_return unexpected(std::move(driver).error());
  co_return co_await curl_transfer(**driver, what);
}

}  // namespace randomio::http
