// Holes in what is streamed: they leave last, and only when they must.
#include <cstddef>
#include <string>

#include <catch2/catch.hpp>

#include "tests/backends/object/streams.hpp"

using namespace randomio;
using namespace randomio::testing;

TEST_CASE("holes leave last") {
  const bool uniform = GENERATE(false, true);
  fake_store store(small(uniform));
  machine here(store, 1024, "");
  shrink(here);
  auto made = here.create("a");
  auto text = text_of(5000);
  write(*made, 2000, text.substr(2000, 10));
  CHECK(store.uploads_open() == 0);
  SECTION("filled in time they never do") {
    for (std::size_t at = 0; at < 2000; at += 500) write(*made, at, text.substr(at, 500));
    text.resize(2010);
    CHECK(made->early_publications() == 0);
  }
  SECTION("and when what is behind them needs room") {
    write_in_pieces(*made, text, 2010, 10, false);
    CHECK(store.uploads_open() == 1);
    text.replace(0, 2000, 2000, '\0');
  }
  commit(*made);
  CHECK(store.text("a") == text);
  CHECK(store.used().bytes_up == text.size());
  CHECK(here.memory.used_max() <= 1024);
}

TEST_CASE("a hole that is longer than what is published as zeros is refused, and changes nothing") {
  fake_store store(small(false));
  store.plant("a", rope(std::string(300, 'a')));
  machine here(store, 4096, "");
  shrink(here);
  here.with.hole_bytes_max = 100;
  auto opened = here.open("a");
  const auto code = [](result<void> done) { return done ? errc() : done.error().code(); };
  CHECK(code(sync_wait(opened->resize(401))) == errc::too_large);
  CHECK(code(sync_wait(opened->write(401, bytes_of("x")))) == errc::too_large);
  CHECK(code(sync_wait(opened->make_hole(*range::make(10, 111)))) == errc::too_large);
  CHECK_FALSE(opened->dirty());
  // Nor piece by piece.
  CHECK(code(sync_wait(opened->resize(400))) == errc());
  CHECK(code(sync_wait(opened->resize(401))) == errc::too_large);
  CHECK(code(sync_wait(opened->make_hole(*range::make(299, 300)))) == errc::too_large);
  CHECK(opened->size() == 400);
  write(*opened, 350, "half");
  CHECK(code(sync_wait(opened->make_hole(*range::make(10, 110)))) == errc());
  CHECK(code(sync_wait(opened->resize(454))) == errc());
  commit(*opened);
  CHECK(store.text("a") == std::string(10, 'a') + std::string(100, 0) + std::string(190, 'a') + std::string(50, 0) +
                               "half" + std::string(100, 0));
}

TEST_CASE("what fills a hole is there, also when room for it was made by sending the hole") {
  const bool uniform = GENERATE(false, true);
  fake_store store(small(uniform));
  machine here(store, 1024, "");
  shrink(here);
  auto made = here.create("a");
  auto text = text_of(3000);
  for (std::size_t at = text.size(); at > 1600; at -= 10) write(*made, at - 10, text.substr(at - 10, 10));
  CHECK(made->early_publications() == 1);
  text.replace(0, 1600, 1600, '\0');
  commit(*made);
  CHECK(store.text("a") == text);
  CHECK(here.memory.used_max() <= 1024);
}
