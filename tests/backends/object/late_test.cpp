// Publications that are carried out after everybody has given them up.
#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <utility>

#include "tests/backends/object/fixture.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace randomio;
using namespace randomio::testing;

namespace {

constexpr unsigned much_later = 1'000'000;

/// A store whose limits a few hundred bytes meet, of each kind.
fake_store::settings small(bool has_blocks) {
  auto with = has_blocks ? fake_store::block_lists() : fake_store::settings();
  if (!has_blocks) with.allowed.part_bytes_min = 16;
  return with;
}
void shrink(machine& here) {
  here.with.part_bytes = 64;
  here.with.chunk_bytes = 32;
}

/// A commit of which nobody hears: what it sends has this fate, and the store does not tell what became of it. One that
/// follows another such asks first what became of that.
enum class before : std::uint8_t { clear, open };
void commit_in_the_dark(fake_store& store, object::content& what, request sent, const fate& has,
                        before it = before::clear) {
  store.next(sent, has);
  if (it == before::open) store.next(request::head, {});
  store.next(request::head, {.fails = true});
  const auto done = sync_wait(what.commit());
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error() == errc::outcome_unknown);
}

}  // namespace

TEST_CASE("of two publications in a row of which nobody heard, the first arrives late and the second never") {
  fake_store store;
  machine here(store);
  auto log = here.create("log");
  append(*log, "one ");
  commit_in_the_dark(store, *log, request::put, {.late = much_later});
  append(*log, "two ");
  commit_in_the_dark(store, *log, request::put, {.is_unanswered = true}, before::open);
  SECTION("before the third is made") {
    store.carry_out_late();
    append(*log, "three ");
    commit(*log);
  }
  SECTION("while the third is made") {
    append(*log, "three ");
    store.before_each([&](request what, std::string_view) {
      if (what == request::put) store.carry_out_late();
    });
    commit(*log);
  }
  SECTION("after a second machine has followed it") {
    store.carry_out_late();
    machine there(store);
    auto theirs = there.open("log");
    append(*theirs, "theirs ");
    commit(*theirs);
    append(*log, "three ");
    commit(*log);
    CHECK(store.text("log") == "one theirs two three ");
    CHECK(read_all(*log) == store.text("log"));
    return;
  }
  CHECK(store.text("log") == "one two three ");
  CHECK(read_all(*log) == "one two three ");
}

TEST_CASE("an edit is acknowledged only when it took place, however the publication before it ended") {
  fake_store store;
  store.plant("doc", rope("0000"));
  machine here(store);
  auto doc = here.open("doc");
  write(*doc, 0, "1");
  // The first is on its way, the second is refused for another reason.
  store.next(request::put, {.late = much_later});
  store.next(request::put, {.fails = true});
  REQUIRE_FALSE(sync_wait(doc->commit()).has_value());
  write(*doc, 1, "2");
  store.carry_out_late();
  CHECK(store.text("doc") == "1000");
  commit(*doc);
  CHECK(store.text("doc") == "1200");
  CHECK(read_all(*doc) == "1200");
}

TEST_CASE("what arrives late after somebody else was faster does nothing, and is sent behind theirs") {
  fake_store store;
  store.plant("log", rope("start "));
  machine here(store), there(store);
  auto log = here.open("log");
  auto theirs = there.open("log");
  append(*log, "ours ");
  commit_in_the_dark(store, *log, request::put, {.late = much_later});
  append(*theirs, "theirs ");
  commit(*theirs);
  store.carry_out_late();
  append(*log, "more ");
  SECTION("answered") {
    commit(*log);
  }
  SECTION("late again, for the version of the other one") {
    commit_in_the_dark(store, *log, request::put, {.late = much_later}, before::open);
    append(*log, "and more ");
    store.carry_out_late();
    commit(*log);
    CHECK(store.text("log") == "start theirs ours more and more ");
    return;
  }
  CHECK(store.text("log") == "start theirs ours more ");
  CHECK(read_all(*log) == store.text("log"));
}

TEST_CASE("parts that are completed late are there once, and what was appended since follows them") {
  const bool has_blocks = GENERATE(false, true);
  const bool has_base = GENERATE(false, true);
  fake_store store(small(has_blocks));
  std::string expected;
  if (has_base) store.plant("log", rope(expected = std::string(50, '#')));
  machine here(store, 8192, "");
  shrink(here);
  auto log = has_base ? here.open("log") : here.create("log");
  const auto add = [&](char letter) {
    for (int i = 0; i < 20; ++i) append(*log, std::string(20, letter));
    expected += std::string(400, letter);
  };
  add('a');
  CHECK(store.used().count(request::upload_part) > 3);
  store.next(request::uploads, {.fails = true});
  commit_in_the_dark(store, *log, request::complete, {.late = much_later});
  SECTION("with more behind them") {
    add('b');
    store.carry_out_late();
  }
  SECTION("with nothing behind them") {
    store.carry_out_late();
  }
  SECTION("after a second that was never carried out") {
    store.next(request::uploads, {.fails = true});
    commit_in_the_dark(store, *log, request::complete, {.is_unanswered = true}, before::open);
    store.carry_out_late();
    add('b');
  }
  SECTION("never") {
    add('b');
  }
  commit(*log);
  CHECK(store.text("log") == expected);
  CHECK(read_all(*log) == expected);
  CHECK(store.uploads_open() == 0);
  CHECK(here.memory.used() == 0);
}

TEST_CASE("an append in place that arrives late is there once") {
  fake_store store(fake_store::block_lists());
  store.plant_editable("log", rope("start "), object::editable::end);
  machine here(store);
  auto log = here.open("log");
  append(*log, "one ");
  commit_in_the_dark(store, *log, request::append, {.late = much_later});
  append(*log, "two ");
  commit_in_the_dark(store, *log, request::append, {.is_unanswered = true}, before::open);
  append(*log, "three ");
  store.carry_out_late();
  commit(*log);
  CHECK(store.text("log") == "start one two three ");
  CHECK(read_all(*log) == store.text("log"));
}

TEST_CASE("what is written while a publication is under way goes behind what somebody else has put behind it") {
  fake_store store;
  store.plant("log", rope("start "));
  machine here(store), there(store);
  auto log = here.open("log");
  append(*log, "ours ");
  bool is_done = false;
  const auto meanwhile = [&](auto change) {
    store.before_each([&, change](request what, std::string_view) {
      if (what != request::head || std::exchange(is_done, true)) return;
      auto theirs = there.open("log");
      append(*theirs, "theirs ");
      commit(*theirs);
      change();
    });
  };
  store.next(request::put, {.is_lost = true});
  SECTION("an append") {
    meanwhile([&] { append(*log, "more "); });
    commit(*log);
    commit(*log);
    CHECK(store.text("log") == "start ours theirs more ");
    CHECK(read_all(*log) == store.text("log"));
  }
  SECTION("an edit has lost") {
    meanwhile([&] { write(*log, 6, "OURS"); });
    commit(*log);
    const auto lost = sync_wait(log->commit());
    REQUIRE_FALSE(lost.has_value());
    CHECK(lost.error() == errc::precondition_failed);
    CHECK(store.text("log") == "start ours theirs ");
    sync_wait(log->discard());
  }
  CHECK(is_done);
}

TEST_CASE("an edit of bytes that somebody else has replaced loses, also while an append is under way") {
  fake_store store;
  store.plant("log", rope("start "));
  machine here(store);
  auto log = here.open("log");
  append(*log, "ours ");
  bool is_done = false;
  store.before_each([&](request what, std::string_view) {
    if (what != request::put || std::exchange(is_done, true)) return;
    store.plant("log", rope("replaced "));
    write(*log, 0, "S");
  });
  commit(*log);
  CHECK(store.text("log") == "replaced ours ");
  const auto lost = sync_wait(log->commit());
  REQUIRE_FALSE(lost.has_value());
  CHECK(lost.error() == errc::precondition_failed);
  CHECK(store.text("log") == "replaced ours ");
  sync_wait(log->discard());
}

TEST_CASE("reading finds out what became of a publication") {
  fake_store store;
  store.plant("log", rope("start "));
  machine here(store);
  auto log = here.open("log");
  append(*log, "more");
  commit_in_the_dark(store, *log, request::put, {.is_lost = true});
  CHECK(read_all(*log) == "start more");
  CHECK_FALSE(log->dirty());
}

TEST_CASE("what is dropped or kept while nobody knows what became of it is all of it") {
  fake_store store;
  const scratch_directory state;
  machine here(store, std::uint64_t{1} << 20, state.path());
  auto log = here.create("log");
  append(*log, "one ");
  commit_in_the_dark(store, *log, request::put, {.is_unanswered = true});
  append(*log, "two ");
  REQUIRE(sync_wait(log->keep(state.path() + "/kept")) == 0U);
  CHECK(state.get("kept.data") == "one two ");
  sync_wait(log->discard());
  CHECK(here.memory.used() == 0);
}
