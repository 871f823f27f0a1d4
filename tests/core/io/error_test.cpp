#include <thread>

#include <catch2/catch.hpp>

#include <randomio/core/io/error.hpp>

using namespace randomio;

static_assert(sizeof(error) == 16);

TEST_CASE("error: context is added, never narrowed") {
  const auto e = error(errc::throttled, operation::put, 503).with_key("bucket/key").with_request_id("R1");
  CHECK(e == errc::throttled);
  const auto more = error(e).with_key("other").with_message("slow down");
  CHECK(more.key() == "bucket/key");
  CHECK(more.message() == "slow down");
  CHECK(e.message().empty());  // The copy got a context of its own.
  CHECK(more.describe() == "put: throttled: bucket/key: slow down (code 503, request R1)");
}

TEST_CASE("error: equal by code, moved and assigned whole") {
  auto a = error(errc::not_found).with_key("k");
  auto b = std::move(a);
  CHECK(b.key() == "k");
  CHECK(b == error(errc::not_found, operation::open, 2));
  CHECK_FALSE(b == errc::invalid);
  b = error(errc::invalid, operation::read, 22);
  CHECK(b.key().empty());
  CHECK(b.vendor_code() == 22);
  CHECK(b.op() == operation::read);
}

TEST_CASE("error: every code and operation has a name of its own") {
  std::vector<std::string_view> seen;
  for (int code = 1; code <= static_cast<int>(errc::io_failure); ++code) {
    const auto text = name(static_cast<errc>(code));
    CHECK(text != "unknown");
    CHECK(std::find(seen.begin(), seen.end(), text) == seen.end());
    seen.push_back(text);
  }
  CHECK(name(operation::configure) == "configure");
}

TEST_CASE("error: copies may be used from different threads") {
  const auto shared = error(errc::io_failure).with_key("k");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 10'000; ++k) {
        const auto own = error(shared).with_message("m");
        if (own.key() != "k") std::abort();
      }
    });
  }
  for (auto& t : threads) t.join();
  CHECK(shared.message().empty());
}
