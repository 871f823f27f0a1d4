#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "tests/backends/object/filesystem_fixture.hpp"
#include "tests/conformance/fixture.hpp"

using namespace randomio;
using namespace conformance;
using testing::request;
using objects = testing::object_fixture<testing::strict_service>;

namespace {

/// A filesystem, and its store as other programs see it.
struct bucket {
  objects from;
  tree<objects> t{from};
  testing::fake_store& store = *from.stores.front();

  void plant(const std::string& key, std::string_view text = {}, object::properties with = {}) const {
    store.plant(key, testing::rope(text), std::move(with));
  }
  [[nodiscard]] bool told(std::string_view part) const {
    return std::ranges::any_of(from.notices, [&](const std::string& line) { return line.contains(part); });
  }
  /// A second mount of the same store.
  struct other_mount {
    objects& from;
    std::shared_ptr<object::filesystem> fs;
    result<object::file> open(std::string_view p, const open_options& how) const {
      return from.run(fs->open(*fs->root(), p, how));
    }
    result<void> write(object::file& f, std::uint64_t at, std::string_view text) const {
      return from.run(f.write_at(at, text));
    }
    result<void> close(object::file& f) const { return from.run(f.close()); }
  };
  other_mount another() { return {from, from.over(from.stores.front())}; }
};

}  // namespace

TEST_CASE_METHOD(bucket, "what other programs stored is a tree") {
  plant("a/b/c", "deep");
  plant("top", "text");
  plant("empty/");
  CHECK(t.names("") == std::vector<std::string>{"a", "empty", "top"});
  CHECK(t.names("a") == std::vector<std::string>{"b"});
  CHECK(t.content("a/b/c") == "deep");
  CHECK(ok(t.stat("a/b")).type == file_type::directory);
  CHECK(ok(t.stat("a/b")).mode == 0755);
  CHECK(ok(t.stat("top")).mode == 0644);
  CHECK(ok(t.stat("top")).size == 4);
}

TEST_CASE_METHOD(bucket, "what is written is a plain object") {
  auto f = t.make_file("d.txt", "plain");
  ok(t.close(f));
  CHECK(store.text("d.txt") == "plain");
  ok(t.create_dir("d"));
  CHECK(store.keys() == std::vector<std::string>{"d.txt", "d/"});
  ok(t.symlink("s", "d.txt"));
  CHECK(store.text("s") == "d.txt");
  const auto kept = store.peek("d.txt")->about.held.metadata;
  CHECK(kept.at("file-permissions") == "0100644");
  CHECK(kept.at("file-mtime").ends_with("ns"));
}

TEST_CASE_METHOD(bucket, "keys that no file can have are reported once, and hide nothing") {
  plant("d//x");
  plant("d/../y");
  plant("d/./z");
  plant("d/good");
  CHECK(t.names("d") == std::vector<std::string>{"good"});
  CHECK(t.names("d").size() == 1);
  CHECK(std::ranges::count_if(from.notices, [](const auto& line) { return line.starts_with("d//"); }) == 1);
  CHECK(told("d/../"));
}

TEST_CASE_METHOD(bucket, "of an object and a directory of one name the directory wins") {
  plant("a", "object");
  plant("a-b", "between");
  plant("a/inside", "x");
  CHECK(t.names("", {}, 100) == std::vector<std::string>{"a~object", "a-b", "a"});
  CHECK(ok(t.lookup("a")).attrs.type == file_type::directory);
  CHECK(t.content("a/inside") == "x");
  CHECK(t.content("a~object") == "object");
  CHECK(told("a~object"));
  ok(t.remove("a~object"));
  CHECK(store.keys() == std::vector<std::string>{"a-b", "a/inside"});
}

TEST_CASE_METHOD(bucket, "names that are no keys are refused") {
  CHECK(failure(t.create_dir("\xff")) == is(errc::bad_sequence));
  CHECK(failure(t.open("\xc3(", open_options().create())) == is(errc::bad_sequence));
  std::string deep;
  for (int i = 0; i < 5; ++i) {
    deep += (i == 0 ? "" : "/") + std::string(200, 'd');
    ok(t.create_dir(deep));
  }
  CHECK(failure(t.open(deep + "/" + std::string(100, 'f'), open_options().create())) == is(errc::name_too_long));
  CHECK(failure(t.lookup(".randomiofs")) == is(errc::not_found));
  CHECK_FALSE(t.create_dir(".randomiofs").has_value());
}

TEST_CASE_METHOD(bucket, "a directory that only keys imply outlives its last file") {
  plant("d/f", "x");
  ok(t.remove("d/f"));
  CHECK(store.keys() == std::vector<std::string>{"d/"});
  plant("e/f", "x");
  ok(t.rename("e/f", "f"));
  CHECK(t.has("e"));
  ok(t.remove_dir("d"));
  ok(t.remove_dir("e"));
  CHECK(store.keys() == std::vector<std::string>{"f"});
}

TEST_CASE_METHOD(bucket, "how many requests it takes") {
  plant("f", "text");
  plant("d/g", "text");
  ok(t.lookup("d"));
  store.forget_usage();
  ok(t.stat("f"));
  CHECK(store.used().count(request::head) == 1);
  CHECK(store.used().count(request::list) == 1);
  store.forget_usage();
  ok(t.stat("f"));  // Within the ttl.
  CHECK(store.used().requests == 0);
  CHECK_FALSE(t.has("missing"));
  CHECK(store.used().requests == 2);
  CHECK_FALSE(t.has("missing"));
  CHECK(store.used().requests == 2);
  t.names("d", {}, 100);
  store.forget_usage();
  ok(t.stat("d/g"));  // Listed just now: only its metadata is asked for.
  CHECK(store.used().count(request::head) == 1);
  CHECK(store.used().requests == 1);
  ok(t.open("g", open_options().create().exclusive()));
  CHECK(store.used().count(request::put) == 1);
}

TEST_CASE_METHOD(bucket, "many lookups in one directory list it once") {
  plant("d/there", "text");
  store.forget_usage();
  for (int i = 0; i < 50; ++i) CHECK_FALSE(t.has("d/missing" + std::to_string(i)));
  CHECK(store.used().requests < 15);
  CHECK(t.has("d/there"));
  // What changes here is known at once, listed or not.
  auto f = t.make_file("d/missing7", "new");
  CHECK(t.has("d/missing7"));
  ok(t.close(f));
  CHECK(t.has("d/missing7"));
  ok(t.rename("d/missing7", "d/missing8"));
  CHECK(t.content("d/missing8") == "new");
  store.forget_usage();
  CHECK_FALSE(t.has("d/missing7"));
  CHECK(store.used().requests == 0);
  ok(t.remove("d/missing8"));
  CHECK_FALSE(t.has("d/missing8"));
  ok(t.create_dir("d/missing9"));
  CHECK(t.has("d/missing9"));
  ok(t.rename("d", "e"));
  CHECK(t.names("e") == std::vector<std::string>{"missing9", "there"});
  CHECK(t.has("e/missing9"));
  CHECK_FALSE(t.has("d"));
}

TEST_CASE_METHOD(bucket, "what was found is asked for alone, and what a listing shows unchanged not at all") {
  constexpr auto past_the_ttl = std::chrono::milliseconds(1100);
  plant("d/old", "text");
  plant("d/", "");
  std::this_thread::sleep_for(std::chrono::seconds(3));  // Publications within two seconds may look the same.
  const auto d = ok(t.lookup("d")).node, old = ok(t.lookup("d/old")).node;
  std::this_thread::sleep_for(past_the_ttl);
  store.forget_usage();
  ok(t.stat("d/old"));
  CHECK(store.used().count(request::head) == 2);
  CHECK(store.used().requests == 2);
  std::this_thread::sleep_for(past_the_ttl);
  ok(t.stat("d"));
  CHECK(t.names("d") == std::vector<std::string>{"old"});
  store.forget_usage();
  ok(t.stat("d/old"));
  CHECK(store.used().requests == 0);
  plant("d/old", "changed");
  std::this_thread::sleep_for(past_the_ttl);
  CHECK(t.names("d") == std::vector<std::string>{"old"});
  CHECK(ok(t.stat("d/old")).size == 7);
}

TEST_CASE_METHOD(bucket, "a directory that others make beside an object is found by a listing") {
  plant("a", "object");
  const auto before = ok(t.lookup("a"));
  CHECK(before.attrs.type == file_type::regular);
  plant("a/inside", "x");
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // The ttl.
  CHECK(t.names("") == std::vector<std::string>{"a~object", "a"});
  CHECK(ok(t.lookup("a")).attrs.type == file_type::directory);
  ok(t.remove("a~object"));
  CHECK(ok(t.lookup("a")).attrs.type == file_type::directory);
}

TEST_CASE_METHOD(bucket, "metadata of other programs is shown, and what is not known stays") {
  object::properties with;
  with.content = {{"content-type", "text/x-own"}};
  with.metadata = {{"mode", "33188"}, {"uid", "1000"}, {"mtime", "1000.500000000"}, {"project", "kept"}};
  plant("f", "old", with);
  const auto attrs = ok(t.stat("f"));
  CHECK(attrs.mode == 0644);
  CHECK(attrs.uid == 1000);
  CHECK((attrs.mtime == timestamp{1000, 500'000'000}));
  ok(t.change("f", {.mode = 0600}));
  auto f = ok(t.open("f", open_options().append()));
  ok(t.append(f, " and new"));
  ok(t.close(f));
  const auto now = store.peek("f")->about.held;
  CHECK(store.text("f") == "old and new");
  CHECK(now.metadata.at("project") == "kept");
  CHECK(now.metadata.at("mode") == "33152");
  CHECK(now.metadata.at("file-permissions") == "0100600");
  CHECK(now.content.at("content-type") == "text/x-own");
  CHECK(failure(t.set_xattr("f", "user.large", std::string(3000, 'x'))) == is(errc::no_space));
  CHECK(store.text("f") == "old and new");
}

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
  plant("f", "old");
  CHECK(t.content("f") == "old");
  plant("f", "newer");
  const auto f = ok(t.lookup("f")).node;
  CHECK(t.content("f") == "newer");
  std::this_thread::sleep_for(std::chrono::milliseconds(2));  // What was asked just now is not asked again.
  store.forget_usage();
  auto open = ok(t.open(*f, "", open_options().read()));
  CHECK(store.used().count(request::head) == 1);
  CHECK(store.used().requests == 1);
  store.erase("f");
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  CHECK(failure(t.open(*f, "", open_options().read())) == is(errc::not_found));
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

TEST_CASE_METHOD(bucket, "a rename that was begun is finished by the next mount") {
  std::string state = std::filesystem::temp_directory_path() / "objects.XXXXXX";
  REQUIRE(::mkdtemp(state.data()) != nullptr);
  for (int i = 0; i < 40; ++i) plant("from/" + std::to_string(i), std::to_string(i));
  object::options how;
  how.state_dir = state;
  {
    const auto fs = from.over(from.stores.front(), how);
    int copies = 0;
    store.before_each([&](request what, std::string_view) {
      if (what == request::copy && ++copies == 20) store.set_faults({.failures = 1000});
    });
    CHECK_FALSE(from.run(fs->rename(*fs->root(), "from", *fs->root(), "to", rename_mode::replace)).has_value());
    store.before_each({});
    store.set_faults({});
  }
  // As if that process were dead: its record is another's.
  for (const auto& record : std::filesystem::directory_iterator(state)) {
    auto name = record.path().filename().string();
    name = name.substr(0, name.find('-', 8)) + "-4294967295-0";
    std::filesystem::rename(record.path(), state + "/" + name);
  }
  const auto next = from.over(from.stores.front(), how);
  ok(from.run(next->create_dir(*next->root(), "any", {})));
  CHECK(told("finishing the rename of from to to"));
  int moved = 0;
  for (const auto& key : store.keys()) {
    CHECK_FALSE(key.starts_with("from"));
    moved += key.starts_with("to/");
  }
  for (int i = 0; i < 40; ++i) CHECK(store.text("to/" + std::to_string(i)) == std::to_string(i));
  CHECK(moved >= 40);
  CHECK(std::filesystem::is_empty(state));
  std::filesystem::remove_all(state);
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

TEST_CASE("a store that ignores conditions is not written to") {
  objects from;
  from.stores.push_back(std::make_shared<testing::fake_store>());
  object::options how;
  how.honoured = object::conditions{};
  const auto fs = from.over(from.stores.back(), how);
  CHECK(failure(from.run(fs->create_dir(*fs->root(), "d", {}))) == is(errc::read_only));
  how.unsafe_without_conditions = true;
  const auto unsafe = from.over(from.stores.back(), how);
  ok(from.run(unsafe->create_dir(*unsafe->root(), "d", {})));
}

TEST_CASE("what cannot be published at the end is kept, and the next mount tells of it") {
  const std::string state = "/tmp/randomio-kept-" + std::to_string(::getpid());
  std::filesystem::remove_all(state);
  std::filesystem::create_directories(state);
  objects from;
  from.stores.push_back(std::make_shared<testing::fake_store>());
  auto& store = *from.stores.back();
  object::options how;
  how.state_dir = state;
  how.spill = std::make_shared<object::spill_space>(state, 0);
  const auto said = [&](std::string_view what) {
    return std::ranges::any_of(from.notices, [&](const auto& line) { return line.find(what) != std::string::npos; });
  };
  {
    const auto fs = from.over(from.stores.back(), how);
    auto file = ok(from.run(fs->open(*fs->root(), "f", open_options().write().create())));
    ok(from.run(file.write_at(3, std::string_view("text"))));
    store.set_faults({.failures = 1000});
    CHECK(failure(from.run(file.close())) == is(errc::unreachable));
    CHECK(from.run(fs->finish()) == 1);
    CHECK(said("f: could not be published"));
  }
  CHECK_FALSE(said("is lost"));
  store.set_faults({});
  CHECK(std::system(("test \"$(cat " + state + "/unpublished-*.data)\" = text && grep -qx 'bytes 3 4' " + state +
                     "/*.manifest && grep -qx 'hole 0 3' " + state + "/*.manifest && grep -qx 'base none' " + state +
                     "/*.manifest")
                        .c_str()) == 0);
  from.notices.clear();
  const auto next = from.over(from.stores.back(), how);
  ok(from.run(next->recover()));
  CHECK(said("f: could not be published by an earlier mount"));
  CHECK(from.run(next->finish()) == 0);
  std::filesystem::remove_all(state);
}
