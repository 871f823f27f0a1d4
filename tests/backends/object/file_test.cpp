// Open files: who sees what is written, and when.
#include <catch2/catch.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include "tests/backends/object/bucket.hpp"

using namespace randomio;
using namespace conformance;
using testing::bucket;
using testing::request;

TEST_CASE_METHOD(bucket, "an open file that is removed lives under a name that nobody sees") {
  const std::string large(3 << 20, 'x');
  auto f = t.make_file("f", large);
  ok(t.close(f));
  auto open = ok(t.open("f", open_options().read().write()));
  ok(t.write(open, 0, "changed"));
  ok(t.remove("f"));
  CHECK(t.names("").empty());
  CHECK((ok(t.read(open, 0, large.size())) == "changed" + large.substr(7)));
  ok(t.write(open, 0, "CHANGED"));
  ok(t.sync_file(open));
  CHECK(ok(t.stat_file(open)).nlink == 0);
  for (const auto& key : store.keys()) CHECK(key.starts_with(".randomiofs/"));
  ok(t.close(open));
  CHECK(store.keys().empty());
}

TEST_CASE_METHOD(bucket, "an open file whose removal or replacement fails is as it was") {
  auto f = t.make_file("f", "published");
  ok(t.close(f));
  auto g = t.make_file("g", "another");
  ok(t.close(g));
  auto open = ok(t.open("f", open_options().read().write()));
  ok(t.write(open, 0, "P"));
  const testing::fate refused{.fails = true};
  SECTION("removal") {
    store.next(request::remove, refused);
    CHECK(failure(t.remove("f")) == is(errc::unreachable));
  }
  SECTION("replacement") {
    store.next(request::copy, refused);
    CHECK(failure(t.rename("g", "f")) == is(errc::unreachable));
  }
  CHECK(ok(t.read(open, 0, 100)) == "Published");
  ok(t.write(open, 1, "U"));
  ok(t.sync_file(open));
  CHECK(store.text("f") == "PUblished");
  ok(t.close(open));
  CHECK(store.keys() == std::vector<std::string>{"f", "g"});
}

TEST_CASE_METHOD(bucket, "a dropped handle loses nothing silently") {
  {
    auto f = t.make_file("f", "not closed");
  }
  CHECK(told("f: not closed"));
  CHECK(store.keys().empty());
  CHECK(t.content("f") == "not closed");
  ok(t.sync(""));
  CHECK(store.text("f") == "not closed");
}

TEST_CASE_METHOD(bucket, "close publishes, open sees what others published") {
  auto other = another();
  auto theirs = ok(other.open("f", open_options().create().exclusive()));
  CHECK(store.keys() == std::vector<std::string>{"f"});  // O_EXCL: there for everybody at once.
  ok(other.write(theirs, 0, "theirs"));
  CHECK(store.text("f").empty());
  ok(other.close(theirs));
  CHECK(t.content("f") == "theirs");
  CHECK(failure(t.open("f", open_options().create().exclusive())) == is(errc::already_exists));

  auto mine = ok(t.open("f", open_options().read().write()));
  auto late = ok(other.open("f", open_options().write()));
  ok(t.write(mine, 0, "mine"));
  ok(other.write(late, 0, "LATE"));
  ok(other.close(late));
  CHECK(failure(t.close(mine)) == is(errc::precondition_failed));
  CHECK(store.text("f") == "LATErs");
  CHECK(t.content("f") == "LATErs");
}

TEST_CASE_METHOD(bucket, "open asks what others published, within the ttl too") {
  auto first = t.make_file("g", "");  // Before the first change the store is asked for more.
  ok(t.close(first));
  plant("f", "old");
  CHECK(t.content("f") == "old");
  plant("f", "newer");
  const auto f = ok(t.lookup("f")).node;
  CHECK(t.content("f") == "newer");
  std::this_thread::sleep_for(std::chrono::milliseconds(2));  // What was asked just now is not asked again.
  store.forget_usage();
  auto open = ok(t.open(*f, "", open_options().write()));
  CHECK(store.used().count(request::head) == 1);
  CHECK(store.used().requests == 1);
  store.erase("f");
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  CHECK(failure(t.open(*f, "", open_options().read())) == is(errc::not_found));
}

TEST_CASE_METHOD(bucket, "opening a small file and reading it is one request, whatever became of it") {
  plant("f", "what was known");
  const auto f = ok(t.lookup("f")).node;
  const auto now = GENERATE(as<std::string>(), "what was known", "other", "longer than what was known", "");
  if (now != "what was known") plant("f", now);
  std::this_thread::sleep_for(std::chrono::milliseconds(2));  // What was asked just now is not asked again.
  store.forget_usage();
  auto open = ok(t.open(*f, "", open_options().read()));
  CHECK(ok(t.read(open, 0, 100)) == now);
  CHECK(ok(t.read(open, 3, 100)) == (now.empty() ? "" : now.substr(3)));
  CHECK(store.used().count(request::head) == 0);
  CHECK(store.used().requests <= (now.size() > 14 ? 3U : 1U));
  ok(t.close(open));
}

TEST_CASE_METHOD(bucket, "a small file that cannot be read opens, and its reads fail") {
  plant("f", "archived");
  const auto f = ok(t.lookup("f")).node;
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  store.next(request::get, {.fails = true});
  auto open = ok(t.open(*f, "", open_options().read()));
  store.next(request::get, {.fails = true});
  CHECK(failure(t.read(open, 0, 100)) == is(errc::unreachable));
  CHECK(ok(t.read(open, 0, 100)) == "archived");
  ok(t.close(open));
}

TEST_CASE_METHOD(bucket, "an edit that lost is nobody else's") {
  plant("f", "base");
  auto mine = ok(t.open("f", open_options().read().write()));
  ok(t.write(mine, 0, "MINE"));
  plant("f", "theirs");
  CHECK(failure(t.sync_file(mine)) == is(errc::precondition_failed));
  CHECK(t.content("f") == "theirs");
  CHECK(ok(t.read(mine, 0, 100)) == "MINE");
  auto other = ok(t.open("f", open_options().read().write()));
  ok(t.write(other, 0, "T"));
  ok(t.sync_file(other));
  CHECK(store.text("f") == "Theirs");
  CHECK(failure(t.close(mine)) == is(errc::precondition_failed));
  ok(t.write(other, 1, "H"));
  ok(t.close(other));
  CHECK(store.text("f") == "THeirs");

  auto created = ok(t.open("new", open_options().create().write()));
  plant("new", "theirs");
  CHECK(failure(t.close(created)) == is(errc::already_exists));
  CHECK(t.content("new") == "theirs");
}

TEST_CASE_METHOD(bucket, "a streamed file has one time from its publication on, and keeps the one that it is given") {
  const std::string piece(std::size_t{4} << 20, 'x');
  const timestamp given{.seconds = 1'234'567'890, .nanoseconds = 123'456'789};
  const auto mtime = [&](const auto& fs) { return ok(from.run(fs->stat(*fs->root(), "f"))).mtime; };
  const bool is_set_before = GENERATE(false, true);
  const bool is_set_after = GENERATE(false, true);
  object::options how;
  how.attr_ttl = std::chrono::hours(1);  // What this mount says is what it thinks; the next one asks the store.
  const auto fs = from.over(from.stores.front(), how);
  auto f = ok(from.run(fs->open(*fs->root(), "f", open_options().write().create())));
  for (int i = 0; i < 6; ++i) ok(from.run(f.append(bytes_of(piece))));
  CHECK(store.uploads_open() == 1);
  const auto written = ok(from.run(f.stat())).mtime;
  if (is_set_before) ok(from.run(f.set_attributes({.mtime = given})));
  ok(from.run(f.flush()));
  const auto published = ok(from.run(f.stat())).mtime;
  CHECK((published == given) == is_set_before);
  if (!is_set_before) CHECK(published < written);  // The service took it when the stream began.
  CHECK(mtime(fs) == published);
  ok(from.run(f.close()));
  CHECK(mtime(fs) == published);
  if (is_set_after) ok(from.run(fs->set_attributes(*fs->root(), "f", {.mtime = given})));
  const auto expected = is_set_after ? given : published;
  CHECK(mtime(fs) == expected);
  const auto next = from.over(from.stores.front());
  CHECK(mtime(next) == expected);
}

TEST_CASE_METHOD(bucket, "a file that is cut to the size that it has gets another time, for everybody") {
  plant("f", "text");
  const auto fs = from.over(from.stores.front()), other = from.over(from.stores.front());
  const auto mtime = [&](const auto& in) { return ok(from.run(in->stat(*in->root(), "f"))).mtime; };
  const auto before = mtime(fs);
  auto f = ok(from.run(fs->open(*fs->root(), "f", open_options().write())));
  ok(from.run(f.set_attributes({.size = 4})));
  ok(from.run(f.close()));
  CHECK(mtime(fs) > before);
  CHECK(mtime(other) == mtime(fs));
  CHECK(store.text("f") == "text");
}

TEST_CASE_METHOD(bucket, "a stream is read ahead, a random read fetches what it asks for") {
  std::string large(40 << 20, ' ');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 2'654'435'761U >> 11);
  plant("f", large);
  auto f = ok(t.open("f", open_options().read()));
  store.forget_usage();
  CHECK((ok(t.read(f, 20 << 20, 4096)) == large.substr(20 << 20, 4096)));
  CHECK((ok(t.read(f, 3 << 20, 4096)) == large.substr(3 << 20, 4096)));
  CHECK(store.used().bytes_down == 8192);

  auto stream = ok(t.open("f", open_options().read()));
  store.forget_usage();
  constexpr std::size_t piece = 128 << 10;
  bool equal = true;
  for (std::size_t at = 0; at < large.size(); at += piece) {
    equal = equal && ok(t.read(stream, at, piece)) == large.substr(at, piece);
  }
  CHECK(equal);
  CHECK(store.used().bytes_down == large.size());
  CHECK(store.used().count(request::get) < 40);
  ok(t.close(stream));
  ok(t.close(f));
}

TEST_CASE_METHOD(bucket, "what is written is seen by whoever reads ahead") {
  plant("f", std::string(8 << 20, 'o'));
  auto f = ok(t.open("f", open_options().read().write()));
  for (std::size_t at = 0; at < 1 << 20; at += 128 << 10) CHECK(ok(t.read(f, at, 128 << 10)).front() == 'o');
  ok(t.write(f, 1 << 20, "new"));
  CHECK(ok(t.read(f, 1 << 20, 4)) == "newo");
  ok(t.close(f));
}

TEST_CASE_METHOD(bucket, "a file says what it is made of") {
  auto f = t.make_file("f", "x");
  std::vector<std::byte> out(100);
  CHECK(ok(t.get_xattr("f", "user.randomiofs.dirty", out)) == 1);
  CHECK(text_of(std::span(out).first(1)) == "1");
  ok(t.close(f));
  const auto size = ok(t.get_xattr("f", "user.randomiofs.etag", out));
  CHECK(text_of(std::span(out).first(size)) == store.peek("f")->about.current.tag);
  CHECK(ok(t.get_xattr("f", "user.randomiofs.backend", out)) == 13);
  CHECK(ok(t.list_xattr("f")).empty());
  CHECK(failure(t.set_xattr("f", "user.randomiofs.etag", "x")) == is(errc::not_permitted));
  CHECK(failure(t.get_xattr("f", "user.randomiofs.error", out)) == is(errc::no_attribute));
}

TEST_CASE("an open file that only grows at its end, and is removed, stays whole until its last close") {
  testing::object_fixture<testing::block_list_service> from;
  tree<decltype(from)> t{from};
  testing::fake_store& store = *from.stores.front();
  const std::string text(GENERATE(std::size_t{100}, std::size_t{3} << 20), 'x');
  store.plant_editable("log", testing::rope(text), object::editable::end);
  auto open = ok(t.open("log", open_options().read().append()));
  const bool is_dirty = GENERATE(false, true);
  auto expected = text;
  if (is_dirty) {
    ok(t.append(open, "unpublished"));
    expected += "unpublished";
  }
  ok(t.remove("log"));
  CHECK(t.names("").empty());
  CHECK((ok(t.read(open, 0, expected.size() + 1)) == expected));
  ok(t.append(open, "more"));
  ok(t.sync_file(open));
  CHECK((ok(t.read(open, 0, expected.size() + 10)) == expected + "more"));
  for (const auto& key : store.keys()) CHECK(key.starts_with(".randomiofs/"));
  ok(t.close(open));
  CHECK(store.keys().empty());
}
