#include <randomio/backends/http/retrying_client.hpp>

#include <deque>
#include <variant>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/core/runtime/sleep.hpp>
#include <randomio/core/runtime/task_scope.hpp>

#include "sending.hpp"

using namespace sending;
using namespace randomio::http;
using namespace std::chrono_literals;

namespace {

/// Answers as told, the last answer again and again.
class scripted_client final : public client {
 public:
  explicit scripted_client(std::deque<result<reply>> answers) : answers_(std::move(answers)) {}
  task<result<reply>> send(const request&) override {
    ++sent;
    auto answer = answers_.front();
    if (answers_.size() > 1) answers_.pop_front();
    co_return answer;
  }
  unsigned sent = 0;

 private:
  std::deque<result<reply>> answers_;
};

/// Time passes only by sleeping; chance is always as high as it can be.
class still_timing final : public retry_timing {
 public:
  std::chrono::steady_clock::time_point now() override { return std::chrono::steady_clock::time_point(passed); }
  timestamp date() override { return {.seconds = 784'111'777 - 30, .nanoseconds = 0}; }
  double chance() override { return luck; }
  task<result<void>> sleep(std::chrono::nanoseconds duration, stop_token stop) override {
    if (stop.stop_requested()) co_return fail(errc::cancelled);
    slept.push_back(duration);
    passed += duration;
    co_return result<void>();
  }
  std::chrono::nanoseconds passed{0};
  std::vector<std::chrono::nanoseconds> slept;
  double luck = 1;
};

reply status(int code, std::string_view field = "", std::string_view value = "") {
  reply made;
  made.status = code;
  if (!field.empty()) made.headers.add(field, value);
  return made;
}
result<reply> failure(errc code) {
  return unexpected(error(code).with_message("the reason"));
}

struct outcome {
  result<reply> got;
  unsigned sent;
  std::vector<std::chrono::nanoseconds> slept;
};

outcome run(std::deque<result<reply>> answers, request what = {}, retry_options options = {}) {
  scripted_client next(std::move(answers));
  still_timing timing;
  retrying_client client(next, options, &timing);
  auto got = sync_wait(client.send(what));
  return {std::move(got), next.sent, timing.slept};
}

request if_refused() {
  request made;
  made.again = repeatable::if_refused;
  return made;
}

}  // namespace

TEST_CASE("what may pass is tried again") {
  for (const int code : {408, 425, 429, 500, 502, 503, 504, 599}) {
    const auto ran = run({status(code), status(code), status(200)});
    INFO(code);
    REQUIRE(ran.sent == 3);
    REQUIRE(ran.got->status == 200);
    REQUIRE(ran.got->attempts == 3);
  }
  for (const auto code : {errc::unreachable, errc::timed_out, errc::corrupt, errc::throttled}) {
    REQUIRE(run({failure(code), status(206)}).got->attempts == 2);
  }
}

TEST_CASE("what would come again is final") {
  for (const int code : {200, 204, 206, 301, 304, 307, 400, 401, 403, 404, 409, 411, 412, 416, 501, 505}) {
    INFO(code);
    REQUIRE(run({status(code)}).sent == 1);
    REQUIRE(run({status(code)}, if_refused()).got->status == code);
  }
  for (const auto code : {errc::cancelled, errc::invalid, errc::too_large, errc::unauthenticated, errc::outcome_unknown,
                          errc::out_of_memory}) {
    const auto ran = run({failure(code)});
    REQUIRE(ran.sent == 1);
    REQUIRE(ran.got.error() == code);
    REQUIRE(ran.got.error().message() == "the reason");
  }
}

TEST_CASE("a request that may be repeated only if refused is not repeated after an ambiguous failure") {
  for (const int code : {500, 502, 504, 507, 408, 425}) {
    INFO(code);
    auto last = status(code);
    last.body = "<Error>\nwhy";
    const auto ran = run({last, status(200)}, if_refused());
    REQUIRE(ran.sent == 1);
    REQUIRE(ran.got.error() == errc::outcome_unknown);
    REQUIRE(ran.got.error().vendor_code() == code);
    REQUIRE(ran.got.error().message().contains("<Error> why"));
  }
  REQUIRE(run({failure(errc::corrupt), status(200)}, if_refused()).got.error() == errc::outcome_unknown);
  // Refusals, and what was not sent.
  for (const int code : {429, 503}) REQUIRE(run({status(code), status(200)}, if_refused()).got->attempts == 2);
  for (const auto code : {errc::unreachable, errc::timed_out}) {
    REQUIRE(run({failure(code), status(200)}, if_refused()).got->attempts == 2);
  }
}

TEST_CASE("a success may carry a failure") {
  auto bad = status(200);
  bad.body = "Error";
  request what;
  what.failed_inside = [](const reply& got) { return got.body == "Error"; };
  REQUIRE(run({bad, bad, status(200)}, what).got->attempts == 3);
  const auto always = run({bad}, what);
  REQUIRE(always.sent == 10);
  REQUIRE(always.got->body == "Error");
  what.again = repeatable::if_refused;
  REQUIRE(run({bad, status(200)}, what).got.error() == errc::outcome_unknown);
  auto forbidden = status(403);
  forbidden.body = "Error";
  REQUIRE(run({forbidden}, what).got->status == 403);
}

TEST_CASE("a reply may mean 429 although it says something else") {
  retry_options options;
  options.throttles = [](const reply& got) { return got.status == 403 && got.headers.find("why") == "hurry"; };
  REQUIRE(run({status(403, "Why", "hurry"), status(200)}, if_refused(), options).got->attempts == 2);
  REQUIRE(run({status(403), status(200)}, {}, options).got->status == 403);
}

TEST_CASE("waits double up to a bound, and attempts are bounded") {
  const auto ran = run({status(503)});
  REQUIRE(ran.got->status == 503);
  REQUIRE(ran.got->attempts == 10);
  REQUIRE(ran.slept ==
          std::vector<std::chrono::nanoseconds>{100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 6400ms, 12800ms, 15s});
  const auto failed = run({failure(errc::unreachable)});
  REQUIRE(failed.got.error() == errc::unreachable);
  REQUIRE(failed.got.error().message() == "the reason, after 10 attempts");
}

TEST_CASE("the time is bounded too") {
  retry_options options;
  options.attempts_max = 1000;
  options.budget = 100'000;
  const auto ran = run({status(500)}, {}, options);
  REQUIRE(ran.got->status == 500);
  std::chrono::nanoseconds sum{0};
  for (const auto one : ran.slept) sum += one;
  REQUIRE(sum <= 180s);
  REQUIRE(sum > 160s);
}

TEST_CASE("Retry-After is honoured, as seconds and as a date, up to a bound") {
  const auto waited = [](std::string_view value) {
    return run({status(503, "Retry-After", value), status(200)}).slept.at(0);
  };
  REQUIRE(waited("7") == 7s + 100ms);
  REQUIRE(waited("0") == 100ms);
  REQUIRE(waited("3600") == 60s + 100ms);
  REQUIRE(waited("99999999999999999999") == 100ms);  // Not a number of seconds that there is.
  REQUIRE(waited("18446744073709551615") == 60s + 100ms);
  REQUIRE(waited("Sun, 06 Nov 1994 08:49:37 GMT") == 30s + 100ms);
  REQUIRE(waited("Sun, 06 Nov 1994 08:00:00 GMT") == 100ms);
  REQUIRE(waited("soon") == 100ms);
}

TEST_CASE("jitter is full") {
  scripted_client next({status(503)});
  still_timing timing;
  timing.luck = 0;
  retrying_client client(next, {}, &timing);
  static_cast<void>(sync_wait(client.send({})));
  for (const auto one : timing.slept) REQUIRE(one == 0ns);
}

TEST_CASE("an empty budget slows retries down, and successes fill it") {
  scripted_client next({status(500)});
  still_timing timing;
  retry_options options;
  options.budget = 20;
  retrying_client client(next, options, &timing);
  static_cast<void>(sync_wait(client.send({})));
  REQUIRE(timing.slept.size() == 9);
  REQUIRE(timing.slept[3] == 800ms);
  for (std::size_t i = 4; i < 9; ++i) REQUIRE(timing.slept[i] == 15s);
  REQUIRE(client.budget().left() == 0);

  scripted_client well({status(500), status(200)});
  retrying_client recovering(well, options, &timing);
  static_cast<void>(sync_wait(recovering.send({})));
  REQUIRE(recovering.budget().left() == 20);
}

TEST_CASE("a stop ends the wait between attempts") {
  auto loop = each_loop();
  scripted_client next({status(503, "Retry-After", "50")});
  retrying_client client(next);
  stop_source stop;
  request what;
  what.stop = stop.token();
  stop.request_stop();
  const auto got = sync_wait(*loop, client.send(what));
  REQUIRE(got.error() == errc::cancelled);
  REQUIRE(next.sent == 1);
}

TEST_CASE("over the wire: failures of every kind pass, and ambiguous ones stop what may not be repeated") {
  test_server server;
  auto loop = each_loop();
  curl_client driver(plain());
  retry_options options;
  options.delay_base = 1ms;
  retrying_client client(driver, options);
  std::string name = "/sequence/" + std::to_string(static_cast<int>(loop->what()));

  auto got = sync_wait(
      *loop,
      client.send(get(server.at(name + "a?steps=503,500,drop,reset,reset_early,truncated:100,garbage,200&body=done"))));
  REQUIRE(got);
  REQUIRE(got->body == "done");
  REQUIRE(got->attempts >= 6);  // curl itself repeats some that met a dead connection.

  for (const std::string step :
       {"drop", "reset", "truncated:100", "reset_body:100", "garbage", "chunks_cut:10", "500"}) {
    INFO(step);
    const std::string own = name + (step.contains(':') ? step.substr(0, step.find(':')) : step);
    auto post = get(server.at(own + "?steps=200," + step + ",200"));
    post.verb = method::post;
    post.again = repeatable::if_refused;
    REQUIRE(sync_wait(*loop, client.send(post))->status == 200);  // So that the next one meets a used connection.
    got = sync_wait(*loop, client.send(post));
    REQUIRE_FALSE(got);
    INFO(got.error().describe());
    REQUIRE(got.error() == errc::outcome_unknown);
    const std::string seen = "/seen/" + own.substr(std::string("/sequence/").size());
    REQUIRE(sync_wait(*loop, client.send(get(server.at(seen))))->body == "2");
  }
}

namespace {

task<void> end_soon(stop_source* which) {
  static_cast<void>(co_await sleep_for(50ms));
  which->request_stop();
}

/// What comes of a request that meets the stop.
task<result<reply>> stopped(client* by, std::string url, stop_source* all) {
  const auto what = get(std::move(url));
  task_scope beside;
  beside.spawn(end_soon(all));
  auto got = co_await by->send(what);
  co_await beside.join();
  co_return got;
}

}  // namespace

TEST_CASE("a stop for all ends waits and requests, with the last failure that says something") {
  test_server server;
  auto loop = each_loop();
  curl_client driver(plain());
  stop_source all;
  retry_options options;
  options.delay_base = 10s;
  options.stop = all.token();
  retrying_client client(driver, options);
  SECTION("while it waits for the next attempt") {
    const auto got = sync_wait(*loop, stopped(&client, server.at("/status/503"), &all));
    REQUIRE(got);
    CHECK(got->status == 503);
  }
  SECTION("while nobody answers") {
    const auto got = sync_wait(*loop, stopped(&client, server.at("/hang"), &all));
    REQUIRE_FALSE(got);
    CHECK(got.error() == errc::timed_out);
    CHECK(got.error().message() == "no answer before the time was over");
  }
  // And for good.
  const auto later = sync_wait(*loop, client.send(get(server.at("/bytes/1"))));
  REQUIRE_FALSE(later);
  CHECK(later.error() == errc::timed_out);
}
