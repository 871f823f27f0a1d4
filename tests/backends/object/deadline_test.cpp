// How long a commit goes on.
#include <chrono>

#include <randomio/backends/object/second_try.hpp>
#include <randomio/core/runtime/loop.hpp>

#include "tests/backends/object/streams.hpp"

using namespace randomio;
using namespace randomio::testing;
using std::chrono::milliseconds;

TEST_CASE("a commit to which nothing gets through ends, and can be tried again") {
  fake_store store;
  store.plant("log", rope("0"));
  machine here(store);
  here.with.commit_timeout = milliseconds(200);
  const auto runs = std::move(*make_loop(loop::kind::epoll));
  auto log = here.open("log");
  append(*log, "ours");
  int races = 0;
  SECTION("when each race is lost") {
    store.before_each([&](request what, std::string_view) {
      if (what == request::put) store.plant("log", rope(std::to_string(++races)));
    });
    for (int i = 0; i < 64; ++i) store.next(request::put, {.after = milliseconds(50)});
    const auto failed = sync_wait(*runs, log->commit());
    REQUIRE_FALSE(failed.has_value());
    CHECK(failed.error() == errc::timed_out);
    CHECK(failed.error().message().find("commit_timeout") != std::string_view::npos);
    CHECK(races > 1);
    CHECK(races < 10);
    store.before_each({});
  }
  SECTION("when nobody answers") {
    for (int i = 0; i < 64; ++i) store.next(request::put, {.before = milliseconds(150), .is_unanswered = true});
    const auto failed = sync_wait(*runs, log->commit());
    REQUIRE_FALSE(failed.has_value());
    CHECK(failed.error() == errc::outcome_unknown);
    CHECK(store.used().count(request::put) < object::unanswered_max);
  }
  CHECK(log->dirty());
  store.forget_scripts();
  REQUIRE(sync_wait(*runs, log->commit()).has_value());
  CHECK(store.text("log") == std::to_string(races) + "ours");
}

TEST_CASE("a commit whose parts arrive goes on, however long they take together") {
  auto with = small(false);
  with.allowed.part_bytes_max = 50;
  with.allowed.put_bytes_max = 50;
  fake_store store(with);
  const auto start = text_of(500);
  store.plant("a", rope(start));
  machine here(store);
  shrink(here);
  here.with.transfers_max = 1;
  here.with.commit_timeout = milliseconds(500);
  const auto runs = std::move(*make_loop(loop::kind::epoll));
  auto opened = here.open("a");
  append(*opened, "ours");
  for (int i = 0; i < 10; ++i) store.next(request::copy_part, {.before = milliseconds(100)});
  bool is_done = false;
  store.before_each([&](request what, std::string_view) {
    if (what == request::complete && !std::exchange(is_done, true)) store.plant("a", rope(start + "theirs"));
  });
  const auto begun = std::chrono::steady_clock::now();
  REQUIRE(sync_wait(*runs, opened->commit()).has_value());
  CHECK(std::chrono::steady_clock::now() - begun > here.with.commit_timeout);
  CHECK(store.text("a") == start + "theirsours");
}
