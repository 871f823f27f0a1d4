// Large bodies, cancelling, time limits, and who may end before whom.
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include <catch2/catch.hpp>

#include <randomio/backends/http/curl_client.hpp>
#include <randomio/core/runtime/sleep.hpp>
#include <randomio/core/runtime/task_scope.hpp>

#include "sending.hpp"

using namespace sending;
using namespace randomio::http;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MEMORY_IS_NOT_GIVEN_BACK  // Freed blocks are kept for a while, to find their late uses.
#endif
#endif
#ifdef MEMORY_IS_NOT_GIVEN_BACK
constexpr std::size_t grown_max = std::size_t{256} << 20;
#else
constexpr std::size_t grown_max = std::size_t{4} << 20;
#endif

// The most memory this program has had in RAM since the last call. Units: bytes. Source: proc(5).
std::size_t peak_rss() {
  std::ifstream status("/proc/self/status");
  std::string line;
  std::size_t peak = 0;
  while (std::getline(status, line)) {
    if (line.starts_with("VmHWM:")) peak = std::stoul(line.substr(6)) * 1024;
  }
  std::ofstream("/proc/self/clear_refs") << 5;
  return peak;
}

task<void> stop_after(std::chrono::milliseconds time, stop_source& stop) {
  static_cast<void>(co_await sleep_for(time));
  stop.request_stop();
}
task<void> send_into(client& through, const request& what, result<reply>& out) {
  out = co_await through.send(what);
}
task<void> send_and_stop(client& through, const request& what, std::chrono::milliseconds time, stop_source& stop,
                         result<reply>& out) {
  task_scope scope;
  scope.spawn(send_into(through, what, out));
  scope.spawn(stop_after(time, stop));
  co_await scope.join();
}

task<void> tick(unsigned& ticks, const bool& done) {
  while (!done) {
    static_cast<void>(co_await sleep_for(1ms));
    ++ticks;
  }
}
task<void> send_until(client& through, const request& what, result<reply>& out, bool& done) {
  out = co_await through.send(what);
  done = true;
}
task<void> send_while_ticking(client& through, const request& what, result<reply>& out, unsigned& ticks) {
  bool done = false;
  task_scope scope;
  scope.spawn(tick(ticks, done));
  scope.spawn(send_until(through, what, out, done));
  co_await scope.join();
}

}  // namespace

TEST_CASE("64 MiB travel both ways in bounded memory, and the loop serves others meanwhile") {
  test_server server;
  auto loop = each_loop();
  curl_client client(plain());
  constexpr std::size_t size = std::size_t{64} << 20;
  const std::string expected = pattern(size);
  std::string room(size, '?');
  auto down = get(server.at("/bytes/" + std::to_string(size)));
  down.into = std::as_writable_bytes(std::span(room));
  static_cast<void>(sync_wait(*loop, client.send(get(server.at("/bytes/1")))));

  peak_rss();
  const auto before = peak_rss();
  result<reply> got = reply();
  unsigned ticks = 0;
  sync_wait(*loop, send_while_ticking(client, down, got, ticks));
  REQUIRE(got);
  REQUIRE(got->received == size);
  REQUIRE(room == expected);
  REQUIRE(ticks >= 3);

  std::array<std::span<const std::byte>, 64> pieces;
  for (std::size_t i = 0; i < pieces.size(); ++i) pieces[i] = bytes_of(expected).subspan(i << 20, 1 << 20);
  auto up = get(server.at("/echo"));
  up.verb = method::put;
  up.body = pieces;
  got = sync_wait(*loop, client.send(up));
  REQUIRE(got);
  REQUIRE(got->body.contains("\"size\": 67108864"));
  const auto grown = peak_rss() - before;
  CAPTURE(before, grown);
  REQUIRE(grown < grown_max);
}

TEST_CASE("a slow server slows the body down and holds up nobody else") {
  test_server server;
  auto loop = each_loop();
  curl_client client(plain());
  const std::string text = pattern(8 << 20);
  const std::array<std::span<const std::byte>, 1> pieces{bytes_of(text)};
  auto what = get(server.at("/slow_read?rate=20000000"));
  what.verb = method::post;
  what.body = pieces;
  result<reply> got = reply();
  unsigned ticks = 0;
  const auto begun = steady::now();
  sync_wait(*loop, send_while_ticking(client, what, got, ticks));
  REQUIRE(got);
  REQUIRE(got->body.contains("\"size\": 8388608"));
  REQUIRE(steady::now() - begun > 150ms);
  REQUIRE(ticks > 20);
}

TEST_CASE("a stop ends a request in every phase, and the next one works") {
  test_server server;
  auto loop = each_loop();
  auto options = plain();
  options.connections_per_host_max = 1;
  curl_client client(options);
  const std::string text = pattern(4 << 20);
  const std::array<std::span<const std::byte>, 1> pieces{bytes_of(text)};
  // A listener that accepts nobody: TLS is never agreed on.
  struct row {
    const char* phase;
    std::string url;
    bool with_body;
    errc if_refused;
  };
  const std::string never = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
  for (const auto& [phase, url, with_body, unknown] :
       {row{"before the reply", server.at("/hang"), false, errc::outcome_unknown},
        row{"in the reply", server.at("/stall/1000?after=500"), false, errc::outcome_unknown},
        row{"in the body", server.at("/slow_read?rate=100000"), true, errc::outcome_unknown},
        row{"in the handshake", never, false, errc::cancelled},
        row{"in name resolution", "http://host.invalid/", false, errc::cancelled}}) {
    for (const auto again : {repeatable::always, repeatable::if_refused}) {
      INFO(phase);
      auto what = get(url);
      what.again = again;
      if (with_body) {
        what.verb = method::put;
        what.body = pieces;
      }
      stop_source stop;
      what.stop = stop.token();
      result<reply> got = reply();
      const auto time = std::string_view(phase) == "in name resolution" ? 0ms : 60ms;
      const auto begun = steady::now();
      sync_wait(*loop, send_and_stop(client, what, time, stop, got));
      REQUIRE(steady::now() - begun < 5s);
      REQUIRE_FALSE(got);
      INFO(got.error().describe());
      if (std::string_view(phase) != "in name resolution" || got.error() != errc::unreachable) {
        REQUIRE(got.error() == (again == repeatable::always ? errc::cancelled : unknown));
      }
      REQUIRE(sync_wait(*loop, client.send(get(server.at("/bytes/1"))))->status == 200);
    }
  }
}

namespace {

// The first has the only connection, and the others wait for it, when one of them is stopped.
task<void> stop_in_queue(client& through, const request& first, const request& second, const request& third,
                         stop_source& stop, std::array<result<reply>, 3>& out) {
  task_scope scope;
  scope.spawn(send_into(through, first, out[0]));
  scope.spawn(send_into(through, second, out[1]));
  scope.spawn(send_into(through, third, out[2]));
  scope.spawn(stop_after(20ms, stop));
  co_await scope.join();
}

}  // namespace

TEST_CASE("a stop takes a request out of the queue, from another thread too") {
  test_server server;
  auto loop = each_loop();
  auto options = plain();
  options.connections_max = 1;
  curl_client client(options);
  stop_source stop;
  auto slow = get(server.at("/slow/20000?rate=100000"));
  auto waits = get(server.at("/sequence/queued?steps=200"));
  waits.stop = stop.token();
  waits.again = repeatable::if_refused;
  std::array<result<reply>, 3> out{reply(), reply(), reply()};
  sync_wait(*loop, stop_in_queue(client, slow, waits, get(server.at("/bytes/5")), stop, out));
  REQUIRE(out[0]->body == pattern(20'000));
  REQUIRE(out[1].error() == errc::cancelled);
  REQUIRE(out[2]->body == pattern(5));
  REQUIRE(sync_wait(*loop, client.send(get(server.at("/seen/queued"))))->body == "0");
  REQUIRE(sync_wait(*loop, client.send(waits)).error() == errc::cancelled);  // It was stopped before.

  // The one that has the connection makes room for the next one when it is stopped.
  stop_source hanging;
  auto hangs = get(server.at("/hang"));
  hangs.stop = hanging.token();
  sync_wait(*loop, stop_in_queue(client, hangs, get(server.at("/bytes/4")), get(server.at("/bytes/5")), hanging, out));
  REQUIRE(out[0].error() == errc::cancelled);
  REQUIRE(out[1]->body == pattern(4));
  REQUIRE(out[2]->body == pattern(5));

  for (int round = 0; round < 30; ++round) {
    stop_source other;
    auto slows = get(server.at("/slow/1000?rate=200000"));
    slows.stop = other.token();
    std::jthread stopper([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(round * 300));
      other.request_stop();
    });
    const auto got = sync_wait(*loop, client.send(slows));
    REQUIRE((got ? got->body == pattern(1000) : got.error() == errc::cancelled));
  }
}

TEST_CASE("time is limited: to connect, without a byte, and in all") {
  test_server server;
  auto loop = each_loop();
  const auto takes = [&](const curl_options& options, const request& what, errc expected) {
    curl_client client(options);
    const auto begun = steady::now();
    const auto got = sync_wait(*loop, client.send(what));
    REQUIRE_FALSE(got);
    INFO(got.error().describe());
    REQUIRE(got.error() == expected);
    return steady::now() - begun;
  };
  auto options = plain();
  options.connect_timeout = 200ms;
  // The server waits for a line of HTTP, the client for an answer to its greeting.
  auto greeting = get("https://127.0.0.1:" + std::to_string(server.port()) + "/");
  greeting.again = repeatable::if_refused;
  REQUIRE(takes(options, greeting, errc::timed_out) < 3s);

  options = plain();
  options.idle_timeout = 1s;
  const auto idle = takes(options, get(server.at("/stall/1000?after=500")), errc::timed_out);
  REQUIRE(idle > 900ms);
  REQUIRE(idle < 12s);
  // A server that works for long says nothing meanwhile, where the request allows for it; the next one does not.
  auto long_work = get(server.at("/late/9"));
  long_work.work_time = 60s;
  curl_client waiting(options);
  const auto worked = sync_wait(*loop, waiting.send(long_work));
  REQUIRE(worked);
  REQUIRE(worked->body == "done");
  REQUIRE(sync_wait(*loop, waiting.send(get(server.at("/stall/1000?after=500")))).error() == errc::timed_out);
  // Slow is not idle.
  curl_client patient(options);
  REQUIRE(sync_wait(*loop, patient.send(get(server.at("/slow/60?rate=30"))))->body == pattern(60));

  options = plain();
  options.total_timeout = 150ms;
  REQUIRE(takes(options, get(server.at("/hang")), errc::timed_out) < 3s);
  REQUIRE(takes(options, get(server.at("/slow/100000?rate=10000")), errc::timed_out) < 3s);
  auto once = get(server.at("/hang"));
  once.again = repeatable::if_refused;
  takes(options, once, errc::outcome_unknown);
}

TEST_CASE("a loop may end before the client that used it, and after") {
  test_server server;
  for (const auto kind : {loop::kind::uring, loop::kind::epoll}) {
    curl_client client(plain());
    for (int i = 0; i < 3; ++i) {
      auto loop = require_loop(kind);
      REQUIRE(sync_wait(*loop, client.send(get(server.at("/bytes/3"))))->body == pattern(3));
    }
    auto lasting = require_loop(kind);
    {
      curl_client brief(plain());
      REQUIRE(sync_wait(*lasting, brief.send(get(server.at("/bytes/3"))))->body == pattern(3));
    }
    REQUIRE(sync_wait(*lasting, client.send(get(server.at("/bytes/3"))))->body == pattern(3));
    REQUIRE(sync_wait(*lasting, sleep_for(5ms)));
  }
}

TEST_CASE("several loops send through one client at once") {
  test_server server;
  curl_client client(plain());
  std::array<unsigned, 4> good{};
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < good.size(); ++i) {
      threads.emplace_back([&, i] {
        auto loop = make_loop(i % 2 == 0 ? loop::kind::uring : loop::kind::epoll);
        if (!loop) return;
        for (int n = 0; n < 50; ++n) {
          const auto got = sync_wait(**loop, client.send(get(server.at("/bytes/700"))));
          good[i] += got && got->body == pattern(700) ? 1 : 0;
        }
      });
    }
  }
  REQUIRE(good == std::array<unsigned, 4>{50, 50, 50, 50});
}
