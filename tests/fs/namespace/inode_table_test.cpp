#include "fs/namespace/inode_table.hpp"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "tests/fs/memory_mount.hpp"

TEST_CASE("one node is one inode, until every lookup is forgotten") {
  auto store = in_memory("/", "m");
  auto root = store.fs.root();
  randomiofs::inode_table table;
  auto& first = table.remember(store, root);
  auto& second = table.remember(store, root);
  CHECK(&first == &second);
  CHECK(first.lookups == 2);
  CHECK(table.size() == 1);
  const auto holders = root.use_count();
  table.forget(first, 2);
  CHECK(table.size() == 0);
  CHECK(root.use_count() == holders - 1);
}

TEST_CASE("inodes of the mount table are never forgotten") {
  randomiofs::inode_table table;
  randomiofs::mount_point point;
  point.self.mount = &point;
  table.forget(point.self, 100);
  CHECK(point.self.mount == &point);
}

TEST_CASE("lookups and forgets from several threads add up") {
  auto store = in_memory("/", "m");
  auto root = store.fs.root();
  randomiofs::inode_table table;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20000; ++i) table.forget(table.remember(store, root), 1);
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(table.size() == 0);
}
