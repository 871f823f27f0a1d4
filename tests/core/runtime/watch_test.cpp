// Descriptors that a loop watches, and the loop as a descriptor that another one watches.
#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/core/runtime/loop.hpp>

#include "count_work.hpp"
#include "each_loop.hpp"
#include "test_pipe.hpp"

using namespace randomio;
using namespace std::chrono_literals;

namespace {

/// Counts the bytes that arrive, one `ready` after another.
struct byte_counter : fd_watch {
  explicit byte_counter(int fd, bool exclusive = false) : fd_watch(fd, &byte_counter::drain, exclusive) {}
  static void drain(fd_watch& self) noexcept {
    auto& counter = static_cast<byte_counter&>(self);
    ++counter.calls;
    char byte = 0;
    while (::read(self.fd, &byte, 1) == 1) ++counter.bytes;
  }
  int calls = 0;
  int bytes = 0;
};

bool readable(int fd) {
  pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, 0) == 1;
}

}  // namespace

TEST_CASE("a watch reports every byte, again and again") {
  auto loop = require_loop(each_kind());
  test_pipe pipe;
  byte_counter watch(pipe.ends[0], GENERATE(false, true));
  REQUIRE(loop->watch(watch));
  for (int i = 1; i <= 200; ++i) {
    pipe.put("x");
    while (watch.bytes < i) loop->turn(-1ns);
  }
  pipe.put("a");
  pipe.put("b");
  while (watch.bytes < 202) loop->turn(-1ns);
  loop->unwatch(watch);
  const int calls = watch.calls;
  pipe.put("c");
  for (int i = 0; i < 3; ++i) loop->turn(1ms);
  REQUIRE(watch.calls == calls);
}

TEST_CASE("a watch finds what was readable before it began") {
  auto loop = require_loop(each_kind());
  test_pipe pipe;
  pipe.put("x");
  byte_counter watch(pipe.ends[0]);
  REQUIRE(loop->watch(watch));
  while (watch.bytes == 0) loop->turn(-1ns);
  loop->unwatch(watch);
}

TEST_CASE("a watch may end inside its own ready, and inside another's") {
  auto loop = require_loop(each_kind());
  struct ending : fd_watch {
    explicit ending(int fd)
        : fd_watch(fd, [](fd_watch& self) noexcept {
            auto& own = static_cast<ending&>(self);
            ++own.calls;
            for (auto* watch : own.ends) loop::current()->unwatch(*watch);
          }) {}
    std::vector<fd_watch*> ends;
    int calls = 0;
  };
  test_pipe first;
  test_pipe second;
  auto a = std::make_unique<ending>(first.ends[0]);
  auto b = std::make_unique<ending>(second.ends[0]);
  a->ends = b->ends = {a.get(), b.get()};
  REQUIRE(loop->watch(*a));
  REQUIRE(loop->watch(*b));
  first.put("x");
  second.put("x");
  while (a->calls + b->calls == 0) loop->turn(-1ns);
  REQUIRE(a->calls + b->calls == 1);
  a.reset();
  b.reset();
  loop->turn(1ms);
  loop->turn(1ms);
}

TEST_CASE("watching a closed descriptor fails") {
  auto loop = require_loop(each_kind());
  byte_counter watch(1'000'000);
  const auto watched = loop->watch(watch);
  REQUIRE_FALSE(watched);
  REQUIRE(watched.error() == errc::invalid);
}

TEST_CASE("the native handle polls readable exactly when a turn has something to do") {
  auto loop = require_loop(each_kind());
  const int handle = loop->native_handle();
  loop->turn(0ns);
  REQUIRE_FALSE(readable(handle));

  count_work work;
  SECTION("a post from this thread") {
    loop->post(work);
  }
  SECTION("a post from another thread") {
    std::jthread([&] { loop->post(work); }).join();
  }
  SECTION("a post from inside a turn") {
    struct chain : loop_work {
      chain() : loop_work([](loop_work& self) noexcept { loop::current()->post(*static_cast<chain&>(self).then); }) {}
      loop_work* then = nullptr;
    } first;
    first.then = &work;
    loop->post(first);
    loop->turn(0ns);
    REQUIRE(work.runs == 0);
  }
  REQUIRE(readable(handle));
  while (readable(handle)) loop->turn(0ns);
  REQUIRE(work.runs == 1);

  test_pipe pipe;
  byte_counter watch(pipe.ends[0]);
  REQUIRE(loop->watch(watch));
  loop->turn(0ns);
  REQUIRE_FALSE(readable(handle));
  pipe.put("x");
  REQUIRE(readable(handle));
  while (readable(handle)) loop->turn(0ns);
  REQUIRE(watch.bytes == 1);
  loop->unwatch(watch);
  for (int i = 0; i < 10 && readable(handle); ++i) loop->turn(0ns);
  REQUIRE_FALSE(readable(handle));
}

TEST_CASE("two loops that watch one file exclusively read each byte once, and none is left") {
  const auto kind = each_kind();
  test_pipe pipe;
  struct reader : fd_watch {
    explicit reader(int fd, std::atomic<int>& to) : fd_watch(fd, &reader::drain, true), sum(to) {}
    static void drain(fd_watch& self) noexcept {
      char byte = 0;
      while (::read(self.fd, &byte, 1) == 1) ++static_cast<reader&>(self).sum;
    }
    std::atomic<int>& sum;
  };
  std::atomic<int> sum = 0;
  std::array<std::unique_ptr<loop>, 2> loops{require_loop(kind), require_loop(kind)};
  {
    std::vector<std::jthread> threads;
    for (auto& loop : loops) {
      threads.emplace_back([&] {
        reader watch(pipe.ends[0], sum);
        detail::require(loop->watch(watch).has_value(), "no watch");
        loop->run();
        loop->unwatch(watch);
      });
    }
    int put = 0;
    for (int i = 0; i < 2'000; ++i) {
      pipe.put("x");
      ++put;
      if (i % 7 == 0) std::this_thread::sleep_for(10us);
    }
    for (const auto limit = std::chrono::steady_clock::now() + 20s; sum != put;) {
      if (std::chrono::steady_clock::now() > limit) break;
      std::this_thread::yield();
    }
    for (auto& loop : loops) loop->stop();
  }
  REQUIRE(sum == 2'000);
}
