// What the filesystem adds to a single backend; what a backend does is in tests/model and tests/conformance.
#include "fs/filesystem.hpp"

#include <catch2/catch.hpp>

#include "tests/fs/memory_mount.hpp"

using randomio::errc;
using randomio::open_options;
using randomiofs::caller;

namespace {

/// Looks a name up and keeps the inode for the test's life.
randomiofs::inode& at(randomiofs::filesystem& fs, randomiofs::inode& parent, const char* name) {
  auto found = run(fs.lookup(parent, name));
  REQUIRE(found.has_value());
  return *found->node;
}

}  // namespace

TEST_CASE("mount points cannot be removed, renamed or created over") {
  auto fs = mount_of({in_memory("/a", "one"), in_memory("/b", "two")});
  auto& root = fs->root();
  CHECK(run(fs->remove_directory(root, "a")).error() == errc::busy);
  CHECK(run(fs->rename(root, "a", root, "c", randomio::rename_mode::replace)).error() == errc::busy);
  CHECK(run(fs->make_directory(root, "a", 0755, {})).error() == errc::already_exists);
  CHECK(run(fs->make_directory(root, "new", 0755, {})).error() == errc::read_only);
  CHECK(run(fs->create(root, "new", open_options().write(), 0644, {})).error() == errc::read_only);
  CHECK(run(fs->lookup(root, "new")).error() == errc::not_found);
}

TEST_CASE("nothing moves between backends but copies") {
  auto fs = mount_of({in_memory("/a", "one"), in_memory("/b", "two")});
  auto& a = at(*fs, fs->root(), "a");
  auto& b = at(*fs, fs->root(), "b");
  auto made = run(fs->create(a, "f", open_options().read().write(), 0644, {}));
  auto other = run(fs->create(b, "g", open_options().read().write(), 0644, {}));
  REQUIRE((made.has_value() && other.has_value()));
  CHECK(run(fs->rename(a, "f", b, "f", randomio::rename_mode::replace)).error() == errc::cross_device);
  CHECK(run(fs->make_link(*made->entry.node, b, "f")).error() == errc::cross_device);
  CHECK(run(fs->copy_range(*made->file, 0, *other->file, 0, 10)).error() == errc::cross_device);
}

TEST_CASE("the mount's owner and umask are shown, and cannot be changed") {
  auto fs = mount_of({in_memory("/", "one")}, {.uid = 1000, .gid = 1001, .umask = 027});
  auto made = run(fs->create(fs->root(), "f", open_options().write(), 0666, caller{.uid = 5, .gid = 5}));
  REQUIRE(made.has_value());
  CHECK(made->entry.attrs.uid == 1000);
  CHECK(made->entry.attrs.gid == 1001);
  CHECK(made->entry.attrs.mode == 0640);
  randomio::attribute_change to_other;
  to_other.uid = 7;
  CHECK(run(fs->set_attributes(*made->entry.node, nullptr, to_other)).error() == errc::not_permitted);
}

TEST_CASE("new files belong to the caller") {
  auto fs = mount_of({in_memory("/", "one")});
  auto made = run(fs->make_directory(fs->root(), "d", 0755, caller{.uid = 12, .gid = 34}));
  REQUIRE(made.has_value());
  CHECK(made->attrs.uid == 12);
  CHECK(made->attrs.gid == 34);
}

TEST_CASE("temporary files have no name until they get one") {
  auto fs = mount_of({in_memory("/", "one")});
  auto made = run(fs->create_temporary(fs->root(), open_options().read().write(), 0600, {}));
  REQUIRE(made.has_value());
  CHECK(made->entry.attrs.nlink == 0);
  auto linked = run(fs->make_link(*made->entry.node, fs->root(), "named"));
  REQUIRE(linked.has_value());
  CHECK(linked->attrs.nlink == 1);
  auto exclusive = run(fs->create_temporary(fs->root(), open_options().read().write().exclusive(), 0600, {}));
  REQUIRE(exclusive.has_value());
  CHECK(run(fs->make_link(*exclusive->entry.node, fs->root(), "never")).error() == errc::not_found);
}

TEST_CASE("POSIX ACLs are refused, so that modes stay the whole truth") {
  auto fs = mount_of({in_memory("/", "one")});
  const std::string value = "x";
  CHECK(run(fs->set_xattr(fs->root(), "system.posix_acl_access", value, randomio::xattr_mode::set)).error() ==
        errc::unsupported);
  CHECK(run(fs->set_xattr(fs->root(), "user.mine", value, randomio::xattr_mode::set)).has_value());
}

TEST_CASE("a directory of mount points shows the space of all of them") {
  auto fs = mount_of({in_memory("/a", "one"), in_memory("/b", "two")});
  const auto one = run(fs->usage(at(*fs, fs->root(), "a")));
  const auto all = run(fs->usage(fs->root()));
  REQUIRE((one.has_value() && all.has_value()));
  CHECK(all->blocks * all->block_size == 2 * one->blocks * one->block_size);
}
