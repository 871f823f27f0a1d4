// Edits of objects whose parts are published again.
#include <catch2/catch.hpp>

#include "tests/backends/object/fixture.hpp"

using namespace randomio;
using namespace randomio::testing;

namespace {

constexpr std::uint64_t kib = std::uint64_t{1} << 10, mib = kib << 10, gib = mib << 10;

std::string text_of(std::size_t size, char first = 'a') {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i) text += std::to_string(i) + first;
  text.resize(size);
  return text;
}

/// A store of which small objects have parts, in a list of at most 40.
fake_store::settings short_lists() {
  auto with = fake_store::block_lists();
  with.allowed.parts_max = 40;
  return with;
}
/// A machine that streams after 128 bytes.
void shrink(machine& here) {
  here.with.part_bytes = 64;
  here.with.chunk_bytes = 32;
  here.with.cost.small_part_bytes = 16;
}
std::string text_at(fake_store& store, const std::string& key, std::uint64_t offset, std::size_t size) {
  std::string text(size, '?');
  const auto stored = store.peek(key);
  REQUIRE(stored.has_value());
  CHECK(stored->bytes.read(offset, std::as_writable_bytes(std::span(text))) == size);
  return text;
}

}  // namespace

TEST_CASE("an append of 1 MiB to 1 GiB in parts sends 1 MiB and copies nothing") {
  fake_store store(fake_store::block_lists());
  store.plant_parts("log", rope::pattern(gib, 1), 8 * mib);
  machine here(store);
  auto log = here.open("log");
  const auto text = text_of(mib);
  append(*log, text);
  store.forget_usage();
  commit(*log);
  CHECK(store.used().bytes_up == mib);
  CHECK(store.used().bytes_down == 0);
  CHECK(store.used().bytes_copied == 0);
  CHECK(store.used().requests == 4);  // Begin, the list of parts, one part, complete.
  CHECK(store.peek("log")->about.size == gib + mib);
  CHECK(store.peek("log")->parts.size() == 129);
  CHECK(text_at(store, "log", gib, mib) == text);
}

TEST_CASE("what is overwritten between two borders is sent, and what is left of its part is copied") {
  fake_store store(fake_store::block_lists());
  store.plant_parts("data", rope::pattern(gib, 1), 8 * mib);
  machine here(store);
  auto data = here.open("data");
  write(*data, 80 * mib + 12345, std::string(4096, 'x'));
  store.forget_usage();
  commit(*data);
  CHECK(store.used().bytes_up == 4096);
  CHECK(store.used().bytes_down == 0);
  CHECK(store.used().bytes_copied == 8 * mib - 4096);
  CHECK(store.peek("data")->parts.size() == 130);
  CHECK(text_at(store, "data", 80 * mib + 12345, 4096) == std::string(4096, 'x'));

  write(*data, 80 * mib + 12345, std::string(4096, 'y'));  // Exactly a part now.
  REQUIRE(sync_wait(data->resize(gib - 8 * mib)).has_value());
  store.forget_usage();
  commit(*data);
  CHECK(store.used().bytes_up == 4096);
  CHECK(store.used().bytes_copied == 0);
  CHECK(store.peek("data")->about.size == gib - 8 * mib);
}

TEST_CASE("what was put whole is copied once, and kept from then on") {
  fake_store store(fake_store::block_lists());
  store.plant("log", rope::pattern(100 * mib, 1));
  machine here(store);
  auto log = here.open("log");
  append(*log, "one");
  commit(*log);
  CHECK(store.used().bytes_copied == 100 * mib);
  store.forget_usage();
  append(*log, "two");
  commit(*log);
  CHECK(store.used().bytes_copied == 0);
  CHECK(store.used().bytes_up == 3);
  CHECK(text_at(store, "log", 100 * mib, 6) == "onetwo");
}

TEST_CASE("a tail that is streamed goes behind the parts of its base, once") {
  fake_store store(short_lists());
  const auto start = text_of(100);
  store.plant_parts("log", rope(start), 10);
  machine here(store, 1024);
  shrink(here);
  auto log = here.open("log");
  const auto text = text_of(400, 'b');
  for (std::size_t at = 0; at < text.size(); at += 10) append(*log, text.substr(at, 10));
  CHECK(store.used().count(request::upload_part) > 4);
  commit(*log);
  CHECK(store.text("log") == start + text);
  CHECK(store.used().bytes_up == text.size());
  CHECK(store.used().bytes_copied == 0);
  CHECK(store.uploads_open() == 0);
  CHECK(here.memory.used() == 0);
}

TEST_CASE("a tail whose parts somebody else's publication discards is sent again") {
  fake_store store(short_lists());
  const auto start = text_of(100);
  store.plant_parts("log", rope(start), 10);
  machine here(store, 1024), other(store);
  shrink(here);
  shrink(other);
  auto log = here.open("log");
  auto theirs = other.open("log");
  const auto text = text_of(400, 'b');
  for (std::size_t at = 0; at < text.size(); at += 10) append(*log, text.substr(at, 10));
  append(*theirs, "[first]");
  commit(*theirs);
  std::string tail(text.size(), '?');
  CHECK(sync_wait(log->read(start.size(), std::as_writable_bytes(std::span(tail)))) == tail.size());
  CHECK(tail == text);  // Nobody else has it now.
  commit(*log);
  CHECK(store.text("log") == start + "[first]" + text);
  CHECK(store.used().bytes_copied == 0);
  CHECK(store.uploads_open() == 0);
  CHECK(here.memory.used() == 0);
}

TEST_CASE("a new file whose parts are discarded because somebody else creates it is kept") {
  fake_store store(short_lists());
  machine here(store, 1024);
  shrink(here);
  auto made = here.create("a");
  const auto text = text_of(600);
  for (std::size_t at = 0; at < text.size(); at += 10) write(*made, at, text.substr(at, 10));
  CHECK(store.used().count(request::upload_part) > 4);
  store.plant("a", rope("theirs"));
  const auto done = sync_wait(made->commit());
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error() == errc::already_exists);
  const auto keys = store.keys();
  REQUIRE(keys.size() == 2);
  CHECK(store.text(keys[0]) == "theirs");
  CHECK(store.text(keys[1]) == text);
  sync_wait(made->discard());
}

TEST_CASE("a block that is gone when its list is published is sent again") {
  fake_store store(fake_store::block_lists());
  store.plant_parts("log", rope::pattern(mib, 1), 64 * kib);
  machine here(store);
  auto log = here.open("log");
  append(*log, "line");
  // Somebody publishes the properties between our part and our list: the object's version and parts are others then.
  bool is_done = false;
  store.before_each([&](request what, std::string_view) {
    if (what != request::complete || is_done) return;
    is_done = true;
    store.plant_parts("log", rope::pattern(2 * mib, 2), 64 * kib);
  });
  commit(*log);
  CHECK(store.peek("log")->about.size == 2 * mib + 4);
  CHECK(text_at(store, "log", 2 * mib, 4) == "line");
  CHECK(store.uploads_open() == 0);
}

TEST_CASE("a list that is full is made shorter by the append that finds it so") {
  fake_store store(short_lists());
  store.plant_parts("log", rope(text_of(100)), 50);
  machine here(store);
  shrink(here);
  here.with.cost.small_parts_max = 1000;  // Only when it must.
  auto log = here.open("log");
  auto expected = text_of(100);
  std::uint64_t most = 0;
  for (int i = 0; i < 200; ++i) {
    const auto line = "line " + std::to_string(i) + "\n";
    append(*log, line);
    commit(*log);
    expected += line;
    most = std::max<std::uint64_t>(most, store.peek("log")->parts.size());
  }
  CHECK(store.text("log") == expected);
  CHECK(most == 40);
  CHECK(store.used().bytes_up == expected.size() - 100);
  CHECK(store.used().bytes_copied > 0);
  CHECK(store.used().bytes_copied < 4 * expected.size());
}
