#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <randomio/backends/http/client.hpp>
#include <randomio/core/runtime/sleep.hpp>

namespace s3_test {

using namespace randomio;

/// What was asked of a `scripted_client`: a request with its body in one piece.
struct asked {
  http::method verb;
  std::string url;
  http::fields headers;
  std::string body;
};

/// Stands in for a service, to answer what no server here would: by a script, or by a function of the request.
class scripted_client : public http::client {
 public:
  using answer = std::function<result<http::reply>(const asked&)>;

  /// The next request gets this; the last one stays.
  void then(answer with) { script_.push_back(std::move(with)); }
  void then(int status, std::string body = {}, http::fields headers = {}) {
    then([=](const asked&) -> result<http::reply> {
      http::reply out;
      out.status = status;
      out.body = body;
      out.headers = headers;
      return out;
    });
  }
  void then_fail(errc code) {
    then([code](const asked&) -> result<http::reply> { return fail(code); });
  }
  /// Each reply takes so long, or until the request is stopped.
  std::chrono::nanoseconds delay{0};
  std::vector<asked> seen;

  [[nodiscard]] task<result<http::reply>> send(const http::request& what) override {
    asked one{.verb = what.verb, .url = what.url, .headers = what.headers, .body = {}};
    for (const auto piece : what.body) {
      one.body.append(reinterpret_cast<const char*>(piece.data()), piece.size());  // NOLINT: bytes as text.
    }
    seen.push_back(one);
    if (delay.count() > 0) {
      if (auto waited = co_await sleep_for(delay, what.stop); !waited) co_return unexpected(std::move(waited).error());
    }
    if (script_.empty()) co_return fail(errc::unreachable);
    auto with = script_.front();
    if (script_.size() > 1) script_.pop_front();
    co_return with(one);
  }

 private:
  std::deque<answer> script_;
};

inline http::fields field(std::string_view name, std::string_view value) {
  http::fields out;
  out.add(name, value);
  return out;
}

}  // namespace s3_test
