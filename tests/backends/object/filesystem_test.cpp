// Which tree a filesystem makes of keys, and which keys of a tree.
#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/backends/object/bucket.hpp"

using namespace randomio;
using namespace conformance;
using testing::bucket;
using testing::objects;

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
