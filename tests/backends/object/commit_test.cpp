#include <unistd.h>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>

#include <randomio/backends/object/commit_id.hpp>
#include <randomio/backends/object/content.hpp>
#include <randomio/backends/object/second_try.hpp>
#include <randomio/backends/object/upload_journal.hpp>

#include "tests/backends/object/fixture.hpp"

using namespace randomio;
using namespace randomio::testing;

namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t gib = std::uint64_t{1} << 30;

error failure_of(result<void> done) {
  REQUIRE_FALSE(done.has_value());
  return done.error();
}
bool says(const machine& here, std::string_view what) {
  for (const auto& line : here.notices) {
    if (line.find(what) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("an append of 1 MiB to 1 GiB moves 1 MiB") {
  for (const bool uniform : {false, true}) {
    fake_store store(uniform ? fake_store::uniform() : fake_store::settings());
    store.plant("a", rope::pattern(gib, 7));
    machine here(store);
    auto opened = here.open("a");
    store.forget_usage();
    append(*opened, std::string(mib, 'x'));
    commit(*opened);
    CHECK(store.used().bytes_up + store.used().bytes_down < 2 * mib);
    CHECK(store.peek("a")->bytes.size() == gib + mib);
    CHECK(store.uploads_open() == 0);
    std::string end(4, '?');
    CHECK(store.peek("a")->bytes.read(gib + mib - 4, std::as_writable_bytes(std::span(end))) == 4);
    CHECK(end == "xxxx");
  }
}

TEST_CASE("4 KiB overwritten in 1 GiB move less than 11 MiB") {
  fake_store store;
  store.plant("a", rope::pattern(gib, 7));
  machine here(store);
  auto opened = here.open("a");
  store.forget_usage();
  write(*opened, gib / 2, std::string(4096, 'x'));
  commit(*opened);
  const auto used = store.used();
  CHECK(used.bytes_up + used.bytes_down < 11 * mib);
  const auto now = store.peek("a");
  std::string around(4098, '?'), before(1, '?');
  now->bytes.read(gib / 2 - 1, std::as_writable_bytes(std::span(around)));
  rope::pattern(gib, 7).read(gib / 2 - 1, std::as_writable_bytes(std::span(before)));
  CHECK(around.substr(1, 4096) == std::string(4096, 'x'));
  CHECK(around[0] == before[0]);
}

TEST_CASE("appends of two machines are both there") {
  fake_store store;
  store.plant("log", rope("start\n"));
  machine one(store), two(store);
  auto first = one.open("log"), second = two.open("log");
  append(*first, "one\n");
  append(*second, "two\n");
  commit(*second);
  append(*first, "more\n");
  commit(*first);
  CHECK(store.text("log") == "start\ntwo\none\nmore\n");
  CHECK(read_all(*first) == store.text("log"));
  append(*first, "again\n");
  commit(*first);
  CHECK(store.text("log") == "start\ntwo\none\nmore\nagain\n");
}

TEST_CASE("two machines that create one log both keep their line") {
  fake_store store;
  machine one(store), two(store);
  auto first = one.create("log"), second = two.create("log");
  append(*first, "one\n");
  append(*second, "two\n");
  commit(*first);
  commit(*second);
  CHECK(store.text("log") == "one\ntwo\n");
}

TEST_CASE("an append keeps what the other machine said about the object") {
  fake_store store;
  store.plant("log", rope("a"));
  machine here(store);
  auto opened = here.open("log");
  append(*opened, "b");
  object::properties theirs;
  theirs.metadata["owner"] = "them";
  theirs.tags.emplace()["k"] = "v";
  store.plant("log", rope("A"), theirs);
  commit(*opened);
  CHECK(store.text("log") == "Ab");
  CHECK(store.peek("log")->about.held.metadata.at("owner") == "them");
  CHECK(store.peek("log")->about.held.tags == theirs.tags);
}

TEST_CASE("an edit that lost a race is heard of and kept") {
  fake_store store;
  machine here(store, 64 * mib, "");
  auto made = here.create("a");
  write(*made, 0, "mine");
  store.plant("a", rope("theirs"));

  SECTION("estale") {
    CHECK(failure_of(sync_wait(made->commit())) == errc::already_exists);
    CHECK(made->dirty());
    CHECK(failure_of(sync_wait(made->commit())) == errc::already_exists);
    REQUIRE(store.keys().size() == 2);  // Kept once, however often it is asked.
    CHECK(store.keys()[1].starts_with("a.conflict-localhost-"));
    CHECK(store.text(store.keys()[1]) == "mine");
    CHECK(store.text("a") == "theirs");
  }
  SECTION("keep both") {
    here.with.on_conflict = object::conflict_policy::keep_both;
    commit(*made);
    REQUIRE(store.keys().size() == 2);
    CHECK(store.text(store.keys()[1]) == "mine");
    CHECK(read_all(*made) == "theirs");
    CHECK_FALSE(made->dirty());
  }
  SECTION("overwrite") {
    here.with.on_conflict = object::conflict_policy::overwrite;
    commit(*made);
    CHECK(store.text("a") == "mine");
  }
  CHECK(says(here, "somebody else"));
  sync_wait(made->discard());
}

TEST_CASE("an edit whose base is gone keeps what was written") {
  fake_store store;
  store.plant("a", rope(std::string(100, 'a')));
  machine here(store);
  const auto& directory = here.scratch.path();
  auto opened = here.open("a");
  write(*opened, 10, "mine");
  store.plant("a", rope("theirs"));
  CHECK(failure_of(sync_wait(opened->commit())) == errc::precondition_failed);
  CHECK(says(here, "is kept in"));
  REQUIRE(std::system(
              ("grep -q 'bytes 10 4' " + directory + "/*.manifest && grep -q mine " + directory + "/*.data").c_str()) ==
          0);
  sync_wait(opened->discard());
}

TEST_CASE("a reply that is lost is found again") {
  fake_store store;
  machine here(store);
  SECTION("of a put") {
    auto made = here.create("a");
    append(*made, "x");
    store.next(request::put, {.is_lost = true});
    commit(*made);
    CHECK(store.text("a") == "x");
    append(*made, "y");
    store.next(request::put, {.is_lost = true});
    commit(*made);
    CHECK(store.text("a") == "xy");
  }
  SECTION("of a completion that took place") {
    store.plant("a", rope::pattern(6 * mib, 1));
    auto opened = here.open("a");
    append(*opened, "x");
    store.next(request::complete, {.is_lost = true});
    commit(*opened);
    CHECK(store.used().count(request::complete) == 1);
  }
  SECTION("of a put that did not take place it is said so, and nothing is repeated blindly") {
    auto made = here.create("a");
    append(*made, "x");
    store.next(request::put, {.is_lost = true});
    store.next(request::head, {.fails = true});
    CHECK(failure_of(sync_wait(made->commit())) == errc::outcome_unknown);
    CHECK(store.used().count(request::put) == 1);
    CHECK(read_all(*made) == "x");
    append(*made, "y");  // The next commit finds out what became of the last one.
    commit(*made);
    CHECK(store.text("a") == "xy");
  }
  CHECK(store.uploads_open() == 0);
}

TEST_CASE("what was appended after a lost reply is published, however long it takes to find out what became of that") {
  fake_store store;
  machine here(store);
  auto made = here.create("a");
  append(*made, "one ");
  store.next(request::put, {.is_lost = true});
  store.next(request::head, {.fails = true});
  CHECK(failure_of(sync_wait(made->commit())) == errc::outcome_unknown);
  append(*made, "two ");
  store.next(request::head, {.fails = true});
  CHECK(failure_of(sync_wait(made->commit())) == errc::outcome_unknown);
  commit(*made);
  CHECK(store.text("a") == "one two ");
}

TEST_CASE("what was not answered and did not take place is sent again") {
  fake_store store;
  store.plant("large", rope::pattern(6 * mib, 1));
  machine here(store);
  SECTION("a put") {
    auto made = here.create("a");
    append(*made, "x");
    for (int i = 0; i < 3; ++i) store.next(request::put, {.is_unanswered = true});
    commit(*made);
    CHECK(store.text("a") == "x");
  }
  SECTION("a completion") {
    auto opened = here.open("large");
    append(*opened, "x");
    for (int i = 0; i < 3; ++i) store.next(request::complete, {.is_unanswered = true});
    commit(*opened);
    CHECK(store.peek("large")->bytes.size() == 6 * mib + 1);
    CHECK(store.used().count(request::upload_part) == 1);
  }
  SECTION("but not for ever") {
    auto made = here.create("a");
    append(*made, "x");
    for (int i = 0; i < 20; ++i) store.next(request::put, {.is_unanswered = true});
    CHECK(failure_of(sync_wait(made->commit())) == errc::outcome_unknown);
    CHECK(store.used().count(request::put) == object::unanswered_max);
    sync_wait(made->discard());
  }
  SECTION("and not without ids, which tell whether it came late") {
    here.with.commit_ids = false;
    auto made = here.create("a");
    append(*made, "x");
    store.next(request::put, {.is_unanswered = true});
    CHECK(failure_of(sync_wait(made->commit())) == errc::outcome_unknown);
    CHECK(store.used().count(request::put) == 1);
    sync_wait(made->discard());
  }
  CHECK(store.uploads_open() == 0);
}

TEST_CASE("a busy store is asked again") {
  fake_store store;
  store.plant("a", rope::pattern(6 * mib, 1));
  machine here(store);
  auto opened = here.open("a");
  append(*opened, "x");
  store.next(request::complete, {.is_busy = true});
  store.next(request::complete, {.is_busy = true});
  commit(*opened);
  CHECK(store.peek("a")->bytes.size() == 6 * mib + 1);
  CHECK(store.uploads_open() == 0);
}

TEST_CASE("a store that ignores conditions is not written to") {
  fake_store::settings with;
  with.honoured.complete = false;
  fake_store store(with);
  machine here(store);
  auto made = here.create("a");
  append(*made, "x");
  CHECK(failure_of(sync_wait(made->commit())) == errc::unsupported);
  CHECK(store.keys().empty());
  here.with.unsafe_without_conditions = true;
  commit(*made);
  CHECK(store.text("a") == "x");
}

TEST_CASE("properties alone are published by a copy inside the store") {
  fake_store store;
  store.plant("a", rope::pattern(gib, 1));
  machine here(store);
  auto opened = here.open("a");
  store.forget_usage();
  opened->edit([](object::properties& held) { held.metadata["mode"] = "0600"; });
  commit(*opened);
  CHECK(store.peek("a")->about.held.metadata.at("mode") == "0600");
  CHECK(store.used().bytes_up + store.used().bytes_down == 0);
  CHECK(object::has_commit(store.peek("a")->about.held, "") == true);
}

TEST_CASE("a copy between objects moves no bytes") {
  fake_store store;
  store.plant("a", rope::pattern(gib, 1));
  machine here(store);
  auto from = here.open("a");
  auto to = here.create("b");
  store.forget_usage();
  CHECK(sync_wait(to->copy_from(*from, 0, 0, 2 * gib)) == gib);
  commit(*to);
  CHECK(store.used().bytes_up + store.used().bytes_down < mib);
  CHECK(store.peek("b")->bytes.size() == gib);
}

TEST_CASE("a failed commit leaves everything dirty, and no upload") {
  fake_store store;
  store.plant("a", rope::pattern(6 * mib, 1));
  machine here(store);
  auto opened = here.open("a");
  append(*opened, "x");
  store.next(request::complete, {.fails = true});
  CHECK(failure_of(sync_wait(opened->commit())) == errc::unreachable);
  CHECK(store.uploads_open() == 0);
  CHECK(opened->dirty());
  CHECK(opened->size() == 6 * mib + 1);
  commit(*opened);
  CHECK(store.peek("a")->bytes.size() == 6 * mib + 1);
  CHECK(here.memory.used() == 0);
}

TEST_CASE("an upload that a kill leaves behind is aborted at the next start") {
  const scratch_directory state;
  const auto path = state / "uploads";
  fake_store store;
  blocking_pool pool(1);
  {
    auto journal = object::upload_journal::open(path, pool);
    REQUIRE(journal.has_value());
    for (int i = 0; i < 3; ++i) {
      const auto begun = sync_wait(store.begin_upload("key\nwith a line", {}));
      REQUIRE(sync_wait((*journal)->begin(*begun)).has_value());
      if (i == 1) {
        REQUIRE(sync_wait(store.abort(*begun)).has_value());
        sync_wait((*journal)->end(*begun));
      }
    }
  }
  CHECK(store.uploads_open() == 2);
  for (const std::size_t expected : {2, 0}) {
    auto journal = object::upload_journal::open(path, pool);
    REQUIRE(journal.has_value());
    CHECK(sync_wait((*journal)->recover(store)) == expected);
  }
  CHECK(store.uploads_open() == 0);
}
