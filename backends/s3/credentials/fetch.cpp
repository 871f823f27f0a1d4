#include <randomio/backends/s3/credentials/fetch.hpp>

#include <utility>

#include <randomio/core/runtime/loop.hpp>

namespace randomio::s3 {
namespace {

// Asks to stop when the time is over. Lives on one loop's thread.
class time_limit : private timer {
 public:
  explicit time_limit(std::chrono::nanoseconds limit) : timer(&time_limit::over), home_(loop::current()) {
    if (home_ != nullptr) home_->timers().add(*this, clock::now() + limit);
  }
  time_limit(const time_limit&) = delete;
  time_limit& operator=(const time_limit&) = delete;
  ~time_limit() {
    if (home_ != nullptr) home_->timers().remove(*this);
  }

  [[nodiscard]] stop_token token() noexcept { return stop_.token(); }
  [[nodiscard]] bool passed() const noexcept { return stop_.stop_requested(); }

 private:
  static void over(timer& self) noexcept { static_cast<time_limit&>(self).stop_.request_stop(); }

  loop* home_;
  stop_source stop_;
};

}  // namespace

task<result<http::reply>> fetch(http::client& with, http::request what, std::chrono::nanoseconds limit) {
  time_limit in_time(limit);
  what.stop = in_time.token();
  auto got = co_await with.send(what);
  if (!got && in_time.passed()) co_return fail(errc::timed_out);
  co_return got;
}

}  // namespace randomio::s3
