#include "fs/cli/mount_table.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <string>

using namespace randomiofs::cli;

TEST_CASE("a line of mountinfo is read") {
  const auto ours = parse_mountinfo(
      R"(43 27 0:40 / /mnt/a\040b rw,nosuid shared:5 master:1 - fuse.randomiofs file:///x\134y rw,user_id=0)");
  REQUIRE(ours);
  CHECK(ours->device == "0:40");
  CHECK(ours->mountpoint == "/mnt/a b");
  CHECK(ours->type == "fuse.randomiofs");
  CHECK(ours->source == "file:///x\\y");
  CHECK(ours->ours());

  const auto root = parse_mountinfo("1 0 8:1 / / rw - ext4 /dev/sda1 rw");
  REQUIRE(root);
  CHECK(root->mountpoint == "/");
  CHECK(!root->ours());
}

TEST_CASE("what is no such line is nothing") {
  for (const auto* line : {"", "43", "43 27 0:40 / /mnt rw", "43 27 0:40 / /mnt rw - ext4"})
    CHECK(!parse_mountinfo(line));
  rc::check([](const std::string& line) { (void)parse_mountinfo(line); });
}

TEST_CASE("this process has a root and a /proc") {
  REQUIRE(mount_at("/proc"));
  CHECK(mount_at("/proc")->type == "proc");
  CHECK(!mount_at("/nonexistent"));
}
