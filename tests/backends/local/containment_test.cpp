#include <randomio/backends/local/tree.hpp>

#include <sys/syscall.h>

#include <atomic>
#include <thread>

#include "inline_await.hpp"
#include "tests/support/scratch_directory.hpp"

namespace randomio::local::test {

using testing::scratch_directory;

namespace {

/// A root beside a file that must stay out of reach.
struct fixture {
  scratch_directory outer;
  std::unique_ptr<tree> files;

  fixture() {
    REQUIRE(::mkdir((outer / "root").c_str(), 0755) == 0);
    REQUIRE(::mkdir((outer / "root/d").c_str(), 0755) == 0);
    REQUIRE(::mkdir((outer / "out").c_str(), 0755) == 0);
    outer.put("out/secret", "secret");
    files = value_of(tree::open(outer / "root"));
  }
  node& root() { return *files->root(); }
};

}  // namespace

TEST_CASE("no path and no link leads out of the root") {
  fixture t;
  const auto out = t.outer / "out";
  REQUIRE(::symlink(out.c_str(), (t.outer / "root/absolute").c_str()) == 0);
  REQUIRE(::symlink("../out", (t.outer / "root/relative").c_str()) == 0);
  REQUIRE(::symlink("/proc/self/cwd", (t.outer / "root/magic").c_str()) == 0);
  REQUIRE(::symlink("absolute", (t.outer / "root/chain").c_str()) == 0);
  REQUIRE(::symlink("../out/secret", (t.outer / "root/file").c_str()) == 0);
  REQUIRE(::symlink("../out/new", (t.outer / "root/dangling").c_str()) == 0);
  auto& files = *t.files;
  const auto d = value_of(files.lookup(t.root(), "d")).node;
  for (node* at : {&t.root(), d.get()}) {
    const std::string up = at == d.get() ? "../" : "";
    for (const std::string p : {"../out", "absolute", "relative", "magic", "chain"}) {
      CAPTURE(up + p);
      const auto inside = up + p + "/secret";
      CHECK(files.lookup(*at, inside).error() == errc::permission_denied);
      CHECK(files.stat(*at, inside).error() == errc::permission_denied);
      CHECK(files.open_at(*at, inside, {}).error() == errc::permission_denied);
      CHECK(files.open_at(*at, up + p + "/new", open_options().create()).error() == errc::permission_denied);
      CHECK(files.remove(*at, inside).error() == errc::permission_denied);
      CHECK(files.create_dir(*at, up + p + "/new", {}).error() == errc::permission_denied);
      CHECK(files.rename(*at, inside, *at, "x", rename_mode::replace).error() == errc::permission_denied);
      CHECK(files.link(*at, inside, *at, "x").error() == errc::permission_denied);
      CHECK(files.symlink(*at, up + p + "/new", "x", {}).error() == errc::permission_denied);
      CHECK(files.set_attributes(*at, inside, {}).error() == errc::permission_denied);
      CHECK(files.list(*at, up + p + "/.", {}).error() == errc::permission_denied);
    }
    CHECK(files.open_at(*at, up + "file", {}).error() == errc::permission_denied);
    CHECK(files.open_at(*at, up + "dangling", open_options().create()).error() == errc::permission_denied);
    CHECK(files.open_at(*at, out + "/secret", {}).error() == errc::permission_denied);
    CHECK(files.lookup(*at, "/").error() == errc::permission_denied);
    CHECK(files.remove(*at, "/").error() == errc::permission_denied);
  }
  CHECK(files.lookup(t.root(), "..").error() == errc::permission_denied);
  CHECK(t.outer.get("out/secret") == "secret");
  CHECK(::access((out + "/new").c_str(), F_OK) != 0);
}

TEST_CASE("a directory that is moved out of the root takes its node along, and nothing else") {
  fixture t;
  const auto d = value_of(t.files->lookup(t.root(), "d")).node;
  REQUIRE(::rename((t.outer / "root/d").c_str(), (t.outer / "out/d").c_str()) == 0);
  CHECK_FALSE(t.files->lookup(*d, "../secret").has_value());
  CHECK_FALSE(t.files->lookup(*d, "..").has_value());
}

TEST_CASE("swapping a directory and a link out of the root never lets a path through") {
  fixture t;
  auto& files = *t.files;
  t.outer.put("root/d/secret", "inside");
  const auto out = t.outer / "out";
  const auto a = t.outer / "root/d", b = t.outer / "root/swap";
  REQUIRE(::symlink(out.c_str(), b.c_str()) == 0);
  const auto outside = t.outer.status("out/secret").st_ino;
  std::atomic<bool> done{false};
  std::atomic<long> swaps{0};
  std::thread swapper([&] {
    while (!done) {
      ::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE);
      ++swaps;
    }
  });
  long hits = 0, refusals = 0, others = 0, escapes = 0;
  for (int i = 0; i < 20000 || (i < 2'000'000 && (hits == 0 || refusals == 0)); ++i) {
    const auto found = files.lookup(t.root(), "d/secret");
    if (found) {
      ++(found->attrs.ino == outside ? escapes : hits);
    } else {
      ++(found.error() == errc::permission_denied ? refusals : others);
    }
    if (i % 16 != 0) continue;
    if (files.create_node(t.root(), "d/new", file_type::regular, 0, {})) (void)files.remove(t.root(), "d/new");
    if (files.create_dir(t.root(), "d/newdir", {})) (void)files.remove_dir(t.root(), "d/newdir");
    if (auto f = files.open_at(t.root(), "d/secret", {}); f) escapes += value_of(f->stat()).ino == outside;
  }
  done = true;
  swapper.join();
  INFO("hits " << hits << ", refusals " << refusals << ", others " << others << ", swaps " << swaps);
  CHECK(escapes == 0);
  CHECK(others == 0);
  CHECK(hits > 0);
  CHECK(refusals > 0);
  for (const char* made : {"out/new", "out/newdir"}) CHECK(::access((t.outer / made).c_str(), F_OK) != 0);
}

}  // namespace randomio::local::test
