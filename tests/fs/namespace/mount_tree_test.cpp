#include "fs/namespace/mount_tree.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "tests/fs/memory_mount.hpp"

using randomiofs::mount_tree;
using randomiofs::mounted_backend;

namespace {

std::vector<mounted_backend> table(std::initializer_list<std::pair<const char*, const char*>> mounts) {
  std::vector<mounted_backend> all;
  for (const auto& [path, name] : mounts) all.push_back(in_memory(path, name));
  return all;
}

}  // namespace

TEST_CASE("backends appear where the table says, with directories on the way") {
  auto tree = mount_tree::make(table({{"/a/b", "one"}, {"/c", "two"}}));
  REQUIRE(tree.has_value());
  auto& root = (*tree)->root();
  CHECK(root.self.store == nullptr);
  CHECK(root.synthetic.nlink == 4);
  REQUIRE(root.children.contains("a"));
  const auto& a = *root.children.at("a");
  CHECK(a.self.node == nullptr);
  CHECK(a.children.at("b")->self.store->name == "one");
  CHECK(root.children.at("c")->self.store->name == "two");
}

TEST_CASE("a backend may be the root, with another one below it") {
  auto tree = mount_tree::make(table({{"/", "one"}, {"/sub", "two"}}));
  REQUIRE(tree.has_value());
  CHECK((*tree)->root().self.store->name == "one");
  CHECK((*tree)->root().children.at("sub")->self.store->name == "two");
}

TEST_CASE("a mount path that cannot be used is refused by name") {
  const auto refused = [](std::initializer_list<std::pair<const char*, const char*>> mounts) {
    const auto tree = mount_tree::make(table(mounts));
    REQUIRE_FALSE(tree.has_value());
    CHECK(tree.error().code() == randomio::errc::invalid);
    return std::string(tree.error().key()) + ": " + std::string(tree.error().message());
  };
  CHECK(refused({{"a", "one"}}) == "a: a mount path must start with '/'");
  CHECK(refused({{"/a//b", "one"}}) == "/a//b: a mount path has no empty, '.' or '..' segments");
  CHECK(refused({{"/a/../b", "one"}}) == "/a/../b: a mount path has no empty, '.' or '..' segments");
  CHECK(refused({{"/a", "one"}, {"/a", "two"}}) == "/a: this mount path is used twice");
  CHECK(refused({{"/a", "one"}, {"/b", "one"}}) == "/b: this backend is already mounted at /a");
}

TEST_CASE("inode numbers of different backends differ") {
  auto tree = mount_tree::make(table({{"/a", "one"}, {"/b", "two"}}));
  REQUIRE(tree.has_value());
  CHECK((*tree)->backends()[0].ino_base != (*tree)->backends()[1].ino_base);
}
