#include "fs/file/open_directory.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "tests/fs/memory_mount.hpp"

using randomiofs::filesystem;
using randomiofs::open_directory;

namespace {

void make_files(filesystem& fs, randomiofs::inode& in, int from, int to) {
  for (int i = from; i < to; ++i) {
    auto made = run(fs.create(in, "f" + std::to_string(i), randomio::open_options().write(), 0644, {}));
    REQUIRE(made.has_value());
    fs.forget(*made->entry.node, 1);
  }
}

std::multiset<std::string> names_from(open_directory& directory, std::uint64_t index) {
  std::multiset<std::string> names;
  for (;; ++index) {
    const auto item = run(directory.at(index));
    REQUIRE(item.has_value());
    if (!*item) return names;
    if (!(*item)->hidden) names.insert((*item)->name);
  }
}

}  // namespace

TEST_CASE("a directory lists itself, its parent, mount points and files") {
  auto fs = mount_of({in_memory("/", "one"), in_memory("/sub", "two")});
  make_files(*fs, fs->root(), 0, 3);
  auto directory = run(fs->open_dir(fs->root()));
  REQUIRE(directory.has_value());
  CHECK(names_from(**directory, 0) == std::multiset<std::string>{".", "..", "sub", "f0", "f1", "f2"});
}

TEST_CASE("a mount point hides the backend's own entry of its name") {
  auto one = in_memory("/", "one");
  auto two = in_memory("/sub", "two");
  auto node = one.fs.root();
  REQUIRE(randomio::sync_wait(one.fs.create_dir(*node, "sub", {})).has_value());
  std::vector<randomiofs::mounted_backend> table;
  table.push_back(std::move(one));
  table.push_back(std::move(two));
  auto fs = mount_of(std::move(table));
  auto directory = run(fs->open_dir(fs->root()));
  CHECK(names_from(**directory, 0) == std::multiset<std::string>{".", "..", "sub"});
}

TEST_CASE("every offset given can be returned to, across pages, while files come and go") {
  auto fs = mount_of({in_memory("/", "one")});
  make_files(*fs, fs->root(), 0, 2000);
  auto directory = run(fs->open_dir(fs->root()));
  REQUIRE(directory.has_value());
  std::vector<std::string> order;
  for (std::uint64_t index = 0;; ++index) {
    const auto item = run((*directory)->at(index));
    REQUIRE(item.has_value());
    if (!*item) break;
    order.push_back((*item)->name);
    // Remove what was listed ten entries ago: what is still there must be listed exactly once.
    if (index >= 12) REQUIRE(run(fs->remove(fs->root(), order[index - 10])).has_value());
  }
  CHECK(order.size() == 2002);
  CHECK(std::set<std::string>(order.begin(), order.end()).size() == 2002);
  CHECK(names_from(**directory, 1995).size() == 7);
  // Index 0 starts again: only what was not removed is left.
  CHECK(names_from(**directory, 0).size() == 2 + 10);
}

TEST_CASE("an offset that was never given is the end") {
  auto fs = mount_of({in_memory("/", "one")});
  auto directory = run(fs->open_dir(fs->root()));
  const auto item = run((*directory)->at(1000));
  REQUIRE(item.has_value());
  CHECK_FALSE(item->has_value());
}
