#include <randomio/backends/local/key_store.hpp>

#include <sys/file.h>
#include <sys/wait.h>

#include <atomic>
#include <set>
#include <thread>

#include "inline_await.hpp"
#include "tests/support/scratch_directory.hpp"

namespace randomio::local::test {

using testing::scratch_directory;

namespace {

struct fixture {
  scratch_directory dir;
  std::unique_ptr<tree> files = value_of(tree::open(dir.path()));
  key_store store{*files};
};

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

TEST_CASE("of concurrent puts under one condition exactly one succeeds") {
  fixture t;
  constexpr int threads = 4, rounds = 50;
  version last = value_of(t.store.put("head", bytes("start"), precondition::none()));
  for (int round = 0; round < rounds; ++round) {
    std::atomic<int> won{0};
    std::vector<version> got(threads);
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i) {
      all.emplace_back([&, i] {
        auto v = key_store(*t.files).put("head", bytes("same"), precondition::matches(last));
        if (v) {
          got[0] = *v;
          ++won;
        } else if (v.error() != errc::precondition_failed) {
          std::abort();
        }
        (void)i;
      });
    }
    for (auto& thread : all) thread.join();
    REQUIRE(won == 1);
    REQUIRE_FALSE(got[0] == last);
    last = got[0];
  }
  CHECK(value_of(t.store.get("head")).current == last);
}

TEST_CASE("versions never return, also of equal values put and removed within one tick of the clock") {
  fixture t;
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    CHECK(seen.insert(value_of(t.store.put("k", bytes("same"), precondition::none())).tag).second);
    if (i % 3 == 0) value_of(t.store.remove_if("k", precondition::none()));
  }
}

TEST_CASE("a plain write to the file changes the version") {
  fixture t;
  const auto v = value_of(t.store.put("k", bytes("value"), precondition::none()));
  t.dir.put("k", "VALUE");
  CHECK_FALSE(value_of(t.store.get("k")).current == v);
  CHECK(t.store.put("k", bytes("lost"), precondition::matches(v)).error() == errc::precondition_failed);
  CHECK(t.dir.get("k") == "VALUE");
}

TEST_CASE("a process that dies with the lock, or in the middle of a put, leaves nothing in the way") {
  fixture t;
  value_of(t.store.put("k", bytes("old"), precondition::none()));
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const int lock = ::open((t.dir / ".randomio.lock").c_str(), O_RDWR);
    ::flock(lock, LOCK_EX);
    const int half = ::open((t.dir / ".randomio.put").c_str(), O_WRONLY | O_CREAT, 0600);
    (void)!::write(half, "ha", 2);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(::access((t.dir / ".randomio.put").c_str(), F_OK) == 0);
  value_of(t.store.put("k", bytes("new"), precondition::none()));
  CHECK(t.dir.get("k") == "new");
  CHECK(::access((t.dir / ".randomio.put").c_str(), F_OK) != 0);
}

TEST_CASE("a put keeps the mode of what it replaces, and a failed condition changes nothing") {
  fixture t;
  t.dir.put("k", "secret");
  REQUIRE(::chmod((t.dir / "k").c_str(), 0600) == 0);
  value_of(t.store.put("k", bytes("new"), precondition::none()));
  CHECK((t.dir.status("k").st_mode & 07777) == 0600);
  CHECK(t.store.put("a/b", bytes("x"), precondition::matches({"none"})).error() == errc::precondition_failed);
  CHECK(::access((t.dir / "a").c_str(), F_OK) != 0);
}

TEST_CASE("what is no key is refused") {
  fixture t;
  for (const char* key : {"", "/k", "a//b", "../k", ".", ".randomio.lock", "a/.randomio.put"}) {
    CHECK(t.store.put(key, {}, precondition::none()).error() == errc::invalid);
    CHECK(t.store.get(key).error() == errc::invalid);
    CHECK(t.store.remove_if(key, precondition::none()).error() == errc::invalid);
  }
  value_of(t.files->create_dir(*t.files->root(), "d", {0755, {}}));
  CHECK(t.store.put("d", {}, precondition::none()).error() == errc::is_directory);
  CHECK(t.store.get("d").error() == errc::is_directory);
}

TEST_CASE("readers see whole values while they are replaced") {
  fixture t;
  value_of(t.store.put("k", bytes(std::string(1000, 'a')), precondition::none()));
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 0; i < 200; ++i) {
      const std::string value(static_cast<std::size_t>(1000 + i * 7 % 100), static_cast<char>('a' + i % 26));
      if (!key_store(*t.files).put("k", bytes(value), precondition::none())) std::abort();
    }
    done = true;
  });
  while (!done) {
    const auto got = value_of(t.store.get("k"));
    REQUIRE(got.content.size() >= 1000);
    REQUIRE(std::set(got.content.begin(), got.content.end()).size() == 1);
  }
  writer.join();
}

}  // namespace randomio::local::test
