#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include <catch2/catch.hpp>

#include "tests/backends/object/streams.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace randomio;
using namespace randomio::testing;

TEST_CASE("a new file leaves while it is written, in bounded memory") {
  const bool uniform = GENERATE(false, true);
  const bool is_append = GENERATE(false, true);
  fake_store store(small(uniform));
  machine here(store, 1024, "");
  shrink(here);
  auto made = here.create("a");
  const auto text = text_of(5000);
  write_in_pieces(*made, text, 0, 10, is_append);
  CHECK(store.keys().empty());
  commit(*made);
  CHECK(store.text("a") == text);
  CHECK(store.uploads_open() == 0);
  CHECK(here.memory.used() == 0);
  CHECK(here.memory.used_max() <= 1024);
  CHECK(store.used().bytes_up == 5000);
}

TEST_CASE("the tail of an append leaves while it is written, also when somebody else is faster") {
  const bool uniform = GENERATE(false, true);
  const std::size_t theirs = GENERATE(0, 5, 10, 300);  // How large the object is when the race is lost.
  fake_store store(small(uniform));
  const auto start = text_of(200);
  store.plant("a", rope(start));
  machine here(store, 4096, "");
  shrink(here);
  auto opened = here.open("a");
  const auto tail = text_of(700);
  write_in_pieces(*opened, tail, 0, 10, true);
  if (!uniform) CHECK(store.uploads_open() == 1);
  const auto sent = store.used().count(request::upload_part);
  std::string expected = start;
  if (theirs > 0) {
    expected = text_of(theirs + 1).substr(1);
    store.plant("a", rope(expected));
  }
  commit(*opened);
  CHECK(store.text("a") == expected + tail);
  CHECK(store.uploads_open() == 0);
  CHECK(here.memory.used() == 0);
  // The parts that had been sent were kept.
  if (!uniform) CHECK(store.used().count(request::upload_part) <= sent + 3);
}

TEST_CASE("what is appended to is copied while the tail is written") {
  auto with = small(false);
  with.allowed.part_bytes_max = 100;  // So that the copies are several.
  fake_store store(with);
  const auto start = text_of(450);
  store.plant("a", rope(start));
  std::string order;
  store.before_each([&](request what, std::string_view) {
    if (what == request::copy_part) order += 'c';
    if (what == request::upload_part) order += 'u';
  });
  machine here(store, 4096, "");
  shrink(here);
  const auto tail = text_of(700);
  SECTION("and the commit finds the copies done") {
    auto opened = here.open("a");
    write_in_pieces(*opened, tail, 0, 10, true);
    CHECK(order.substr(0, 6) == "cccccu");
    commit(*opened);
    CHECK(std::ranges::count(order, 'c') == 5);
    CHECK(store.text("a") == start + tail);
  }
  SECTION("a copy that fails is done again by the commit, and only that and those behind it") {
    auto opened = here.open("a");
    store.next(request::copy_part, {});
    store.next(request::copy_part, {.fails = true});
    write_in_pieces(*opened, tail, 0, 10, true);
    const auto meanwhile = std::ranges::count(order, 'c');
    CHECK(order.substr(0, static_cast<std::size_t>(meanwhile) + 1) == "ccu");
    commit(*opened);
    CHECK(std::ranges::count(order, 'c') == meanwhile + 4);
    CHECK(store.text("a") == start + tail);
  }
  SECTION("when somebody else was faster, theirs is copied into the same numbers") {
    auto opened = here.open("a");
    write_in_pieces(*opened, tail, 0, 10, true);
    const auto theirs = text_of(250);
    store.plant("a", rope(theirs));
    order.clear();
    commit(*opened);
    CHECK(std::ranges::count(order, 'c') == 3);
    CHECK(std::ranges::count(order, 'u') <= 1);
    CHECK(store.text("a") == theirs + tail);
  }
  SECTION("unless the store would copy whatever is there") {
    auto ignores = fake_store::all_conditions();
    ignores.copy_source = false;
    store.set_conditions(ignores);
    auto opened = here.open("a");
    write_in_pieces(*opened, tail, 0, 10, true);
    CHECK(order.find('c') == std::string::npos);
    commit(*opened);
    CHECK(store.text("a") == start + tail);
  }
  SECTION("what is dropped leaves nothing") {
    auto opened = here.open("a");
    write_in_pieces(*opened, tail, 0, 10, true);
    sync_wait(opened->discard());
    CHECK(store.text("a") == start);
  }
  CHECK(store.uploads_open() == 0);
  CHECK(here.memory.used() == 0);
}

TEST_CASE("a streamed file that loses the race for its name") {
  const bool uniform = GENERATE(false, true);
  fake_store store(small(uniform));
  machine here(store, 4096);
  shrink(here);
  const auto text = text_of(1000);
  const auto lose = [&] {
    auto made = here.create("a");
    write_in_pieces(*made, text, 0, 10, false);
    CHECK(store.uploads_open() == 1);
    store.plant("a", rope(std::string("theirs")));
    return made;
  };
  SECTION("replaces the other one, if edits do") {
    here.with.on_conflict = object::conflict_policy::overwrite;
    commit(*lose());
    CHECK(store.text("a") == text);
    CHECK(store.keys().size() == 1);
  }
  SECTION("keeps the other one beside it, if both are to be kept") {
    here.with.on_conflict = object::conflict_policy::keep_both;
    commit(*lose());
    CHECK(store.text("a") == text);
    REQUIRE(store.keys().size() == 2);
    CHECK(store.keys().back().starts_with("a.conflict-localhost-"));
    CHECK(store.text(store.keys().back()) == "theirs");
  }
  SECTION("else keeps what had not been sent, and says what is lost") {
    if (GENERATE(false, true)) {
      here.with.on_conflict = object::conflict_policy::keep_both;
      store.next(request::copy, {.fails = true});
    }
    auto made = lose();
    const auto failed = sync_wait(made->commit());
    REQUIRE_FALSE(failed);
    CHECK(failed.error() == errc::already_exists);
    CHECK(store.text("a") == "theirs");
    REQUIRE(here.notices.size() == 1);
    CHECK(here.notices.front().find("960 bytes that had been sent, and are lost") != std::string::npos);
    std::string manifest;
    for (const auto& entry : std::filesystem::directory_iterator(here.scratch.path())) {
      std::ifstream file(entry.path());
      const std::string all((std::istreambuf_iterator<char>(file)), {});
      if (entry.path().extension() == ".data") CHECK(all == text.substr(960));
      if (entry.path().extension() == ".manifest") manifest = all;
    }
    CHECK(manifest.starts_with("key a\nbase none\nsize 1000\nlost 0 64\nlost 64 64\n"));
    CHECK(manifest.ends_with("lost 896 64\nbytes 960 40\n"));
    sync_wait(made->discard());
  }
  CHECK(store.uploads_open() == 0);
  CHECK(here.memory.used() == 0);
}

TEST_CASE("reading or rewriting what was streamed publishes it first") {
  fake_store store(small(false));
  machine here(store, 4096, "");
  shrink(here);
  auto made = here.create("a");
  auto text = text_of(1000);
  write_in_pieces(*made, text, 0, 10, false);
  SECTION("reading") {
    CHECK(read_all(*made) == text);
  }
  SECTION("rewriting") {
    write(*made, 3, "header");
    text.replace(3, 6, "header");
  }
  SECTION("cutting") {
    REQUIRE(sync_wait(made->resize(100)).has_value());
    text.resize(100);
  }
  CHECK(made->early_publications() == 1);
  commit(*made);
  CHECK(store.text("a") == text);
}

TEST_CASE("what is overwritten as a whole has nothing before it") {
  const bool uniform = GENERATE(false, true);
  const bool is_emptied = GENERATE(false, true);
  const bool is_backwards = GENERATE(false, true);
  fake_store store(small(uniform));
  store.plant("a", rope(std::string(500, 'o')));
  machine here(store, 4096, "");
  shrink(here);
  auto opened = here.open("a");
  if (is_emptied) REQUIRE(sync_wait(opened->resize(0)).has_value());
  const auto text = text_of(500);
  if (is_backwards) {
    for (std::size_t at = text.size(); at > 0; at -= 10) write(*opened, at - 10, text.substr(at - 10, 10));
  } else {
    write_in_pieces(*opened, text, 0, 10, false);
  }
  CHECK(store.uploads_open() == 1);
  commit(*opened);
  CHECK(store.text("a") == text);
}

TEST_CASE("properties that change while parts leave are published too") {
  fake_store store(small(false));
  machine here(store, 4096, "");
  shrink(here);
  auto made = here.create("a");
  write_in_pieces(*made, text_of(1000), 0, 10, false);
  made->edit([](object::properties& held) { held.metadata["mode"] = "0600"; });
  commit(*made);
  CHECK(store.peek("a")->about.held.metadata.at("mode") == "0600");
  CHECK_FALSE(made->dirty());
}

TEST_CASE("what is dropped leaves no upload and no memory") {
  fake_store store(small(false));
  machine here(store, 4096, "");
  shrink(here);
  auto made = here.create("a");
  write_in_pieces(*made, text_of(1000), 0, 10, false);
  CHECK(store.uploads_open() == 1);
  sync_wait(made->discard());
  CHECK(store.uploads_open() == 0);
  CHECK(here.memory.used() == 0);
}

TEST_CASE("what memory has no room for is spilled, and what neither has is refused") {
  fake_store store(small(false));
  machine here(store, 256, {}, 2048);
  shrink(here);
  here.with.early_publish = false;
  store.plant("a", rope(std::string(3000, 'a')));
  auto opened = here.open("a");
  std::string expected(3000, 'a');
  for (std::size_t at = 0; at < 1500; at += 20) {
    write(*opened, at, "0123456789");
    expected.replace(at, 10, "0123456789");
  }
  CHECK(here.memory.used_max() <= 256);
  CHECK(here.spill.used() > 0);
  CHECK(read_all(*opened) == expected);
  const auto refused = sync_wait(opened->write(0, bytes_of(std::string(2500, 'x'))));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error() == errc::no_space);
  commit(*opened);
  CHECK(store.text("a") == expected);
  CHECK(here.spill.used() == 0);
  CHECK(here.memory.used() == 0);
}

TEST_CASE("more bytes than parts can hold become the base of what follows") {
  auto with = small(false);
  with.allowed.parts_max = 40;
  fake_store store(with);
  machine here(store, 2048, "");
  shrink(here);
  auto made = here.create("a");
  const auto text = text_of(6000);
  write_in_pieces(*made, text, 0, 10, false);
  commit(*made);
  CHECK(store.text("a") == text);
  CHECK(made->early_publications() > 0);
}

TEST_CASE("one part that takes long holds up no other") {
  fake_store store(small(false));
  machine here(store, 4096, "");
  shrink(here);
  here.with.transfers_max = 2;
  constexpr std::chrono::milliseconds long_time{1500};
  store.next(request::upload_part, {.before = long_time});
  const auto runs = std::move(*make_loop(loop::kind::epoll));
  const auto text = text_of(1000);
  const auto began = std::chrono::steady_clock::now();
  auto made = here.create("a");
  for (std::size_t at = 0; at < text.size(); at += 10) {
    REQUIRE(sync_wait(*runs, made->append(bytes_of(text.substr(at, 10)))));
  }
  CHECK(std::chrono::steady_clock::now() - began < long_time);
  REQUIRE(sync_wait(*runs, made->commit()));
  CHECK(store.text("a") == text);
}

TEST_CASE("a streamed part that fails is sent again by the commit") {
  fake_store store(small(false));
  machine here(store, 4096, "");
  shrink(here);
  auto made = here.create("a");
  store.next(request::upload_part, {.fails = true});
  const auto text = text_of(1000);
  write_in_pieces(*made, text, 0, 10, false);
  commit(*made);
  CHECK(store.text("a") == text);
}

TEST_CASE("without early publication nothing leaves before the commit, and a loser is kept whole") {
  fake_store store(small(false));
  const scratch_directory spilled;
  machine here(store, 512, spilled.path(), 2048);
  shrink(here);
  here.with.early_publish = false;
  auto made = here.create("a");
  const auto text = text_of(1000);
  write_in_pieces(*made, text, 0, 10, true);
  CHECK(read_all(*made) == text);
  const auto refused = sync_wait(made->append(bytes_of(std::string(4000, 'x'))));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error() == errc::no_space);
  CHECK(store.used().requests == 0);
  SECTION("published") {
    commit(*made);
    CHECK(store.text("a") == text);
  }
  SECTION("or not") {
    store.plant("a", rope("theirs"));
    // An append would follow theirs.
    write(*made, 0, text.substr(0, 1));
    const auto failed = sync_wait(made->commit());
    REQUIRE_FALSE(failed.has_value());
    CHECK(failed.error() == errc::already_exists);
    REQUIRE(store.keys().size() == 2);
    CHECK(store.text("a") == "theirs");
    CHECK(store.text(store.keys()[1]) == text);
    sync_wait(made->discard());
  }
  CHECK(made->early_publications() == 0);
}

TEST_CASE("a streamed append that comes second keeps what the first one said about the object") {
  fake_store store(small(false));
  object::properties mine;
  mine.metadata["owner"] = "me";
  store.plant("a", rope(text_of(200)), mine);
  machine here(store, 4096, "");
  shrink(here);
  auto opened = here.open("a");
  opened->stamp_with([](object::properties& held) { held.metadata["mtime"] = "now"; });
  const auto tail = text_of(700);
  write_in_pieces(*opened, tail, 0, 10, true);
  auto theirs = mine;
  theirs.metadata["mtime"] = "earlier";
  const auto first = text_of(300);
  SECTION("which may be new") {
    theirs.metadata["owner"] = "them";
    theirs.metadata["xattr"] = "new";
    theirs.tags.emplace()["k"] = "v";
    store.plant("a", rope(first), theirs);
    commit(*opened);
    const auto now = store.peek("a")->about.held;
    CHECK(now.metadata.at("owner") == "them");
    CHECK(now.metadata.at("xattr") == "new");
    CHECK(now.metadata.at("mtime") == "now");
    CHECK(now.tags == theirs.tags);
    CHECK(opened->held().metadata.at("owner") == "them");
  }
  SECTION("and copies nothing for its time alone") {
    store.plant("a", rope(first), theirs);
    commit(*opened);
    CHECK(store.used().count(request::copy) == 0);
    CHECK(store.peek("a")->about.held.metadata.at("owner") == "me");
  }
  CHECK(store.text("a") == first + tail);
  CHECK_FALSE(opened->dirty());
}
