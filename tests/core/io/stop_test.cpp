#include <atomic>
#include <memory>
#include <optional>
#include <thread>

#include <catch2/catch.hpp>

#include <randomio/core/io/stop.hpp>

using namespace randomio;

TEST_CASE("stop: a callback runs once, at the request or at once after it") {
  stop_source source;
  int early = 0, late = 0;
  const stop_callback first(source.token(), [&] { ++early; });
  CHECK(early == 0);
  CHECK_FALSE(source.token().stop_requested());
  CHECK(source.request_stop());
  CHECK_FALSE(source.request_stop());
  CHECK(early == 1);
  CHECK(source.token().stop_requested());
  const stop_callback second(source.token(), [&] { ++late; });
  CHECK(late == 1);
  CHECK(early == 1);
}

TEST_CASE("stop: a callback that is gone does not run, whatever the order of leaving") {
  stop_source source;
  int ran = 0;
  auto count = [&] { ++ran; };
  using callback = stop_callback<decltype(count)>;
  std::optional<callback> a(std::in_place, source.token(), count), b(std::in_place, source.token(), count),
      c(std::in_place, source.token(), count);
  b.reset();
  a.reset();
  source.request_stop();
  CHECK(ran == 1);
  c.reset();
  CHECK(ran == 1);
}

TEST_CASE("stop: an empty token never stops") {
  const stop_token never;
  CHECK_FALSE(never.stop_possible());
  CHECK_FALSE(never.stop_requested());
  int ran = 0;
  const stop_callback callback(never, [&] { ++ran; });
  CHECK(ran == 0);
}

TEST_CASE("stop: the destructor waits for a callback that runs on another thread") {
  for (int round = 0; round < 2000; ++round) {
    stop_source source;
    std::thread asker([&] { source.request_stop(); });
    {
      auto alive = std::make_unique<std::atomic<int>>(0);
      const stop_callback callback(source.token(), [&] { alive->fetch_add(1); });
    }
    asker.join();
  }
  SUCCEED("no use after free: AddressSanitizer and ThreadSanitizer builds run this too");
}
