#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <randomio/backends/s3/credentials/caching_provider.hpp>
#include <randomio/core/runtime/sleep.hpp>

namespace s3_test {

using namespace randomio;

/// A wall clock that a test sets.
struct test_clock {
  std::shared_ptr<std::int64_t> seconds = std::make_shared<std::int64_t>(1'700'000'000);
  [[nodiscard]] s3::wall_clock clock() const {
    return [at = seconds] { return timestamp{.seconds = *at}; };
  }
};

/// A source that a test controls. Each success gives another key: "KEY1", "KEY2", …
struct controlled_source : s3::provider {
  struct state {
    int calls = 0;
    std::optional<errc> failing = {};
    std::optional<std::int64_t> lives_until = {};
    bool same_again = false;
    std::chrono::nanoseconds takes{0};
    test_clock clock = {};
  };
  explicit controlled_source(std::shared_ptr<state> control) : control_(std::move(control)) {}

  [[nodiscard]] task<result<s3::credentials>> get() override {
    auto& now = *control_;
    ++now.calls;
    if (now.takes.count() > 0) static_cast<void>(co_await sleep_for(now.takes));
    if (now.failing) co_return unexpected(error(*now.failing).with_message("the source said no"));
    const auto number = std::to_string(now.same_again ? 1 : now.calls);
    s3::credentials made{.access_key_id = "KEY" + number, .secret_access_key = s3::secret{"secret" + number}};
    made.session_token = s3::secret{"token" + number};
    if (now.lives_until) made.expires = timestamp{.seconds = *now.lives_until};
    co_return made;
  }
  [[nodiscard]] std::string describe() const override { return "a test's source"; }

 private:
  std::shared_ptr<state> control_;
};

}  // namespace s3_test
