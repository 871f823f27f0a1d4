// What only memory promises: its bounds, its clock, its counts to the letter. The rest is in the conformance suite.

#include <atomic>
#include <string>

#include "tests/backends/memory/fixture.hpp"
#include "tests/conformance/fixture.hpp"

using namespace randomio;
using conformance::failure;
using conformance::is;
using conformance::ok;

namespace {

std::int64_t fake_seconds = 0;
timestamp fake_clock() noexcept {
  return {fake_seconds, 1};
}

struct bounded_fixture : memory_fixture {
  bounded_fixture() { how.size = 16 * 4096; }
};

}  // namespace

TEST_CASE("memory: every error of a full store leaves it as it was") {
  bounded_fixture fixture;
  conformance::tree t(fixture);
  auto f = t.make_file("f", std::string(10 * 4096, 'x'));
  CHECK(failure(t.write(f, 9 * 4096, std::string(8 * 4096, 'y'))) == is(errc::no_space));
  CHECK(failure(t.append(f, std::string(7 * 4096, 'y'))) == is(errc::no_space));
  CHECK(failure(t.allocate(f, allocate_mode::extend, 0, 17 * 4096)) == is(errc::no_space));
  CHECK((t.content("f") == std::string(10 * 4096, 'x')));
  CHECK(ok(t.usage()).blocks == 16);
  CHECK(ok(t.usage()).blocks_free == 6);
  CHECK(failure(t.set_xattr("f", "user.k", std::string(30'000, 'v'))) == is(errc::no_space));
  CHECK(ok(t.list_xattr("f")).empty());
  ok(t.set_xattr("f", "user.k", std::string(20'000, 'v')));
  CHECK(ok(t.usage()).blocks_free == 1);
  ok(t.set_xattr("f", "user.k", "v"));
  CHECK(failure(t.set_xattr("f", "user.l", std::string(65'537, 'v'))) == is(errc::too_large));
  const auto held = ok(t.lookup("f")).node;
  ok(t.remove("f"));
  CHECK(ok(t.usage()).blocks_free < 7);  // An open file keeps its space.
}

TEST_CASE("memory: space and inodes come back with the last handle") {
  bounded_fixture fixture;
  conformance::tree t(fixture);
  {
    auto f = t.make_file("f", std::string(10 * 4096, 'x'));
    ok(t.set_xattr("f", "user.k", "v"));
    ok(t.remove("f"));
    CHECK(ok(t.usage()).blocks_free < 7);
  }
  CHECK(ok(t.usage()).blocks_free == 16);
  const auto files = ok(t.usage()).files_free;
  {
    auto f = t.make_file("g");
    CHECK(ok(t.usage()).files_free == files - 1);
    ok(t.remove("g"));
    CHECK(ok(t.usage()).files_free == files - 1);
  }
  CHECK(ok(t.usage()).files_free == files);
}

TEST_CASE("memory: inodes are bounded too") {
  memory_fixture fixture;
  fixture.how.files_max = 4;
  conformance::tree t(fixture);
  ok(t.create_dir("a"));
  ok(t.create_dir("b"));
  t.make_file("c");
  CHECK(failure(t.create_dir("d")) == is(errc::no_space));
  CHECK(failure(t.symlink("d", "x")) == is(errc::no_space));
  CHECK(failure(t.open("d", open_options().create())) == is(errc::no_space));
  CHECK(t.names("").size() == 3);
  ok(t.link("c", "d"));
  ok(t.remove("c"));
  ok(t.remove("d"));
  ok(t.create_dir("d"));
}

TEST_CASE("memory: the clock given is the one that stamps") {
  memory_fixture fixture;
  fixture.how.clock = &fake_clock;
  fake_seconds = 100;
  conformance::tree t(fixture);
  auto f = t.make_file("f");
  const auto born = ok(t.stat("f"));
  CHECK((born.mtime == timestamp{100, 1}));
  CHECK((born.btime == timestamp{100, 1}));
  fake_seconds = 200;
  ok(t.write(f, 0, "x"));
  CHECK(ok(t.stat("f")).mtime.seconds == 200);
  CHECK(ok(t.stat("f")).atime.seconds == 100);
  CHECK(ok(t.stat("")).mtime.seconds == 100);
  fake_seconds = 300;
  ok(t.read(f, 0, 1));
  CHECK(ok(t.stat("f")).atime.seconds == 300);
  fake_seconds = 400;
  ok(t.read(f, 0, 1));
  CHECK(ok(t.stat("f")).atime.seconds == 300);  // As relatime: nothing changed since.
  fake_seconds = 500;
  ok(t.change("f", {.mode = 0600}));
  CHECK(ok(t.stat("f")).ctime.seconds == 500);
  CHECK(ok(t.stat("f")).mtime.seconds == 200);
  CHECK(ok(t.stat("f")).btime->seconds == 100);
}

TEST_CASE("memory: hard links have a limit, directories do not count names") {
  memory_fixture fixture;
  conformance::tree t(fixture);
  t.make_file("f");
  for (int i = 1; i < 65'000; ++i) REQUIRE(t.link("f", "l" + std::to_string(i)).has_value());
  CHECK(failure(t.link("f", "one-more")) == is(errc::too_many_links));
  CHECK(ok(t.stat("")).nlink == 2);
  CHECK(t.names("", {}, 5000).size() == 65'000);
}

TEST_CASE("memory: a tree deeper than the stack is torn down") {
  auto fs = std::make_shared<memory::filesystem>();
  auto at = fs->root();
  for (int i = 0; i < 200'000; ++i) at = fs->create_dir(*at, "d", {.mode = 0755}).await_resume()->node;
  at = nullptr;
  fs = nullptr;
}

TEST_CASE("memory: the version of a key changes with every change of its bytes, and with nothing else") {
  memory_fixture fixture;
  conformance::tree t(fixture);
  auto f = t.make_file("k", "1");
  const auto version_now = [&] { return t.fs->get("k").await_resume()->current; };
  auto last = version_now();
  const auto changed = [&] { return std::exchange(last, version_now()) != last; };
  CHECK_FALSE(changed());
  ok(t.write(f, 0, "1"));
  CHECK(changed());
  ok(t.append(f, "2"));
  CHECK(changed());
  ok(t.change("k", {.size = 0}));
  CHECK(changed());
  ok(t.allocate(f, allocate_mode::zero, 0, 10));
  CHECK(changed());
  ok(t.change("k", {.mode = 0600}));
  ok(t.read(f, 0, 1));
  ok(t.rename("k", "l"));
  ok(t.rename("l", "k"));
  CHECK_FALSE(changed());
}

TEST_CASE("memory: put keeps the mode and owner of what it replaces, and its readers their bytes") {
  memory_fixture fixture;
  conformance::tree t(fixture);
  auto f = t.make_file("k", "old");
  ok(t.change("k", {.mode = 0600, .uid = 5, .gid = 6}));
  const std::string content = "new";
  REQUIRE(t.fs->put("k", content, precondition::none()).await_resume());
  CHECK(ok(t.stat("k")).mode == 0600);
  CHECK(ok(t.stat("k")).uid == 5);
  CHECK(ok(t.read(f, 0, 10)) == "old");
  CHECK(t.content("k") == "new");
  CHECK(ok(t.stat_file(f)).nlink == 0);
  ok(t.create_dir("d"));
  CHECK(t.fs->put("d", content, precondition::none()).await_resume().error() == errc::is_directory);
  CHECK(t.fs->get("d").await_resume().error() == errc::is_directory);
}
