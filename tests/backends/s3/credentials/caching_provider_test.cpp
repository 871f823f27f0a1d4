#include <atomic>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/core/runtime/sync_wait.hpp>
#include <randomio/core/runtime/task_scope.hpp>

#include "tests/backends/s3/credentials/sources.hpp"
#include "tests/core/runtime/each_loop.hpp"

using namespace s3_test;
using namespace std::chrono_literals;

namespace {

struct fixture {
  std::shared_ptr<controlled_source::state> source = std::make_shared<controlled_source::state>();
  std::unique_ptr<loop> runs = require_loop(loop::kind::epoll);
  s3::caching_provider cache{std::make_unique<controlled_source>(source),
                             {.ahead_jitter = 0s, .now = source->clock.clock()}};

  std::string get() { return text(sync_wait(*runs, cache.get())); }
  std::string replace(const s3::credentials& refused) { return text(sync_wait(*runs, cache.replace(refused))); }
  std::int64_t& now() { return *source->clock.seconds; }
  static std::string text(const result<s3::credentials>& got) {
    return got ? got->access_key_id : std::string(name(got.error().code()));
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "credentials without an expiry are asked for once") {
  CHECK(get() == "KEY1");
  now() += 1'000'000;
  CHECK(get() == "KEY1");
  CHECK(source->calls == 1);
}

TEST_CASE_METHOD(fixture, "credentials are renewed ahead of their expiry") {
  source->lives_until = now() + 3600;
  CHECK(get() == "KEY1");
  now() += 3299;
  CHECK(get() == "KEY1");
  now() += 1;
  source->lives_until = now() + 3600;
  CHECK(get() == "KEY2");
  CHECK(get() == "KEY2");
}

TEST_CASE_METHOD(fixture, "short-lived credentials are renewed after half of their time") {
  source->lives_until = now() + 60;
  CHECK(get() == "KEY1");
  now() += 29;
  CHECK(get() == "KEY1");
  now() += 1;
  CHECK(get() == "KEY2");
}

TEST_CASE_METHOD(fixture, "while renewing fails, those that are valid are served; afterwards the error is clear") {
  source->lives_until = now() + 3600;
  CHECK(get() == "KEY1");
  source->failing = errc::unreachable;
  now() += 3400;
  CHECK(get() == "KEY1");
  CHECK(source->calls == 2);
  now() += 14;
  CHECK(get() == "KEY1");
  CHECK(source->calls == 2);  // Not at each request.
  now() += 1;
  CHECK(get() == "KEY1");
  CHECK(source->calls == 3);
  now() += 200;  // Expired.
  CHECK(get() == "unreachable");
  CHECK(get() == "unreachable");
  CHECK(source->calls == 4);
  now() += 1;
  source->failing.reset();
  source->lives_until = now() + 3600;
  CHECK(get() == "KEY5");  // It recovers by itself.
}

TEST_CASE_METHOD(fixture, "credentials that are expired on arrival are served, for the service to judge") {
  source->lives_until = now() - 10;
  CHECK(get() == "KEY1");
  CHECK(get() == "KEY1");
  now() += 15;
  CHECK(get() == "KEY2");
}

TEST_CASE_METHOD(fixture, "a clock that is set back does not make a failure last") {
  source->failing = errc::unreachable;
  CHECK(get() == "unreachable");
  now() -= 3600;
  source->failing.reset();
  CHECK(get() == "KEY2");
}

TEST_CASE_METHOD(fixture, "refused credentials are replaced once, whoever asks") {
  const auto first = *sync_wait(*runs, cache.get());
  CHECK(replace(first) == "KEY2");
  CHECK(replace(first) == "KEY2");  // Somebody else was refused, too.
  CHECK(source->calls == 2);
}

TEST_CASE_METHOD(fixture, "credentials that the source gives again are not asked for at each refusal") {
  source->same_again = true;
  const auto first = *sync_wait(*runs, cache.get());
  CHECK(replace(first) == "KEY1");
  CHECK(replace(first) == "KEY1");
  CHECK(source->calls == 2);
  now() += 5;
  CHECK(replace(first) == "KEY1");
  CHECK(source->calls == 3);
}

namespace {

task<void> get_one(s3::caching_provider& cache, std::atomic<int>& good) {
  const auto got = co_await cache.get();
  if (got && got->access_key_id == "KEY1") ++good;
}

task<void> get_many(s3::caching_provider& cache, std::atomic<int>& good) {
  task_scope scope;
  for (int i = 0; i < 50; ++i) scope.spawn(get_one(cache, good));
  co_await scope.join();
}

}  // namespace

TEST_CASE_METHOD(fixture, "however many wait on however many loops, the source is asked once") {
  source->takes = 20ms;
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, kind = i % 2 == 0 ? loop::kind::epoll : loop::kind::uring] {
      auto made = make_loop(kind);
      if (made) sync_wait(**made, get_many(cache, good));
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(good == 200);
  CHECK(source->calls == 1);
}

TEST_CASE_METHOD(fixture, "a failure answers all who waited for it") {
  source->takes = 5ms;
  source->failing = errc::unreachable;
  std::atomic<int> good = 0;
  sync_wait(*runs, get_many(cache, good));
  CHECK(good == 0);
  CHECK(source->calls == 1);
}

namespace {

task<int> served_while_renewing(s3::caching_provider& cache, std::shared_ptr<controlled_source::state> source) {
  // One renews for a while; those that come meanwhile do not wait for it.
  task_scope scope;
  std::atomic<int> good = 0;
  scope.spawn(get_one(cache, good));
  for (int i = 0; i < 10; ++i) scope.spawn(get_one(cache, good));
  const int at_once = good;
  co_await scope.join();
  co_return at_once;
}

}  // namespace

TEST_CASE_METHOD(fixture, "those that are still valid do not wait while somebody renews") {
  source->lives_until = now() + 3600;
  CHECK(get() == "KEY1");
  now() += 3400;
  source->takes = 10ms;
  CHECK(sync_wait(*runs, served_while_renewing(cache, source)) == 10);
  CHECK(source->calls == 2);
}

TEST_CASE("machines do not renew all at the same moment") {
  auto source = std::make_shared<controlled_source::state>();
  const auto runs = require_loop(loop::kind::epoll);
  const auto begin = *source->clock.seconds;
  source->lives_until = begin + 3600;
  int renewed = 0;
  for (int i = 0; i < 40; ++i) {
    s3::caching_provider cache(std::make_unique<controlled_source>(source), {.now = source->clock.clock()});
    *source->clock.seconds = begin;
    static_cast<void>(sync_wait(*runs, cache.get()));
    const auto calls = source->calls;
    *source->clock.seconds = begin + 3600 - 330;
    static_cast<void>(sync_wait(*runs, cache.get()));
    renewed += source->calls - calls;
  }
  CHECK(renewed > 5);
  CHECK(renewed < 35);
}
