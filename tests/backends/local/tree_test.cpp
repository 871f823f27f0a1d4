#include <randomio/backends/local/tree.hpp>

#include <sys/resource.h>
#include <sys/sysmacros.h>
#include <randomio/backends/local/sync_file.hpp>

#include <algorithm>
#include <thread>

#include "open_tree.hpp"

namespace randomio::local::test {

TEST_CASE("two lookups of one file give one node for as long as it is held") {
  open_tree t;
  t.dir.put("f", "abc");
  REQUIRE(::link((t.dir / "f").c_str(), (t.dir / "g").c_str()) == 0);
  auto first = value_of(t.files->lookup(t.root, "f"));
  const auto second = value_of(t.files->lookup(t.root, "g"));
  CHECK(first.node == second.node);
  CHECK(value_of(t.files->lookup(*first.node, {})).node == first.node);
  CHECK(first.attrs.nlink == 2);
  CHECK(first.attrs.size == 3);
  CHECK(value_of(t.files->lookup(t.root, ".")).node == t.files->root());
  CHECK(value_of(t.files->lookup(t.root, {})).node == t.files->root());
}

TEST_CASE("one file has one node, also when threads find it and let it go at the same time") {
  open_tree t;
  for (const char* name : {"a", "b", "c"}) t.dir.put(name, name);
  std::vector<std::thread> finders;
  for (int i = 0; i < 4; ++i) {
    finders.emplace_back([&, i] {
      for (int round = 0; round < 2000; ++round) {
        const std::string name(1, static_cast<char>('a' + (round + i) % 3));
        const auto one = t.files->lookup(t.root, name);
        const auto two = t.files->lookup(t.root, name);
        if (!one || !two || one->node != two->node) std::abort();
        if (t.files->stat(*one->node, {})->ino != two->attrs.ino) std::abort();
      }
    });
  }
  for (auto& finder : finders) finder.join();
  CHECK(value_of(t.files->lookup(t.root, "a")).attrs.size == 1);
}

TEST_CASE("a node outlives its names") {
  open_tree t;
  t.dir.put("f", "abc");
  const auto found = value_of(t.files->lookup(t.root, "f"));
  value_of(t.files->remove(t.root, "f"));
  CHECK(t.files->lookup(t.root, "f").error() == errc::not_found);
  CHECK(value_of(t.files->stat(*found.node, {})).nlink == 0);
  attribute_change change;
  change.mode = 0600;
  change.size = 1;
  CHECK(value_of(t.files->set_attributes(*found.node, {}, change)).size == 1);
  sync_file f(value_of(t.files->open_at(*found.node, {}, open_options().read().write())));
  value_of(now(f.write_at(1, std::as_bytes(std::span("xyz", 3)))));
  CHECK(value_of(t.files->stat(*found.node, {})).size == 4);
  CHECK(value_of(t.files->entry_of(f.native())).node == found.node);
}

TEST_CASE("intermediate links are followed, the last component by open only") {
  open_tree t;
  value_of(t.files->create_dir(t.root, "d", {0755, {}}));
  t.dir.put("d/f", "abc");
  value_of(t.files->symlink(t.root, "l", "d", {}));
  value_of(t.files->symlink(t.root, "lf", "d/f", {}));
  CHECK(value_of(t.files->lookup(t.root, "l/f")).attrs.size == 3);
  CHECK(value_of(t.files->lookup(t.root, "l")).attrs.type == file_type::symlink);
  CHECK(value_of(t.files->stat(t.root, "lf")).type == file_type::symlink);
  CHECK(value_of(t.files->read_link(t.root, "lf")) == "d/f");
  CHECK(t.files->read_link(t.root, "d/f").error() == errc::invalid);
  sync_file f(value_of(t.files->open_at(t.root, "lf", {})));
  CHECK(value_of(now(f.stat())).size == 3);
  CHECK(t.files->open_at(t.root, "lf", open_options().no_follow()).error() == errc::loop);
  const auto link = value_of(t.files->lookup(t.root, "lf"));
  CHECK(value_of(t.files->read_link(*link.node, {})) == "d/f");
  CHECK(t.files->open_at(*link.node, {}, {}).error() == errc::loop);
  CHECK(t.files->list(*link.node, {}, {}).error() == errc::not_directory);
}

TEST_CASE("a path may leave its node, not the root") {
  open_tree t;
  value_of(t.files->create_dir(t.root, "a", {0755, {}}));
  value_of(t.files->create_dir(t.root, "a/b", {0755, {}}));
  t.dir.put("f", "abc");
  REQUIRE(::symlink("../../f", (t.dir / "a/b/l").c_str()) == 0);
  const auto b = value_of(t.files->lookup(t.root, "a/b")).node;
  CHECK(value_of(t.files->lookup(*b, "../../f")).attrs.size == 3);
  sync_file f(value_of(t.files->open_at(*b, "l", {})));
  CHECK(value_of(now(f.stat())).size == 3);
  value_of(t.files->rename(*b, "../../f", *b, "../g", rename_mode::replace));
  CHECK(t.dir.get("a/g") == "abc");
  CHECK(t.files->lookup(*b, "../../../etc").error() == errc::permission_denied);
  ::rename((t.dir / "a").c_str(), (t.dir / "z").c_str());
  CHECK(value_of(t.files->lookup(*b, "../g")).attrs.size == 3);
}

TEST_CASE("creating files: exclusive, existing, through a dangling link") {
  open_tree t;
  const auto make = [&](std::string_view name, const open_options& how) { return t.files->open_at(t.root, name, how); };
  value_of(make("f", open_options().create().exclusive().with({0640, {}})));
  CHECK((t.dir.status("f").st_mode & 07777) == 0640);
  CHECK(make("f", open_options().create().exclusive()).error() == errc::already_exists);
  t.dir.put("f", "abc");
  value_of(make("f", open_options().create().with({0600, {}})));
  CHECK((t.dir.status("f").st_mode & 07777) == 0640);
  CHECK(t.dir.get("f") == "abc");
  value_of(make("f", open_options().create().truncate()));
  CHECK(t.dir.get("f").empty());
  REQUIRE(::symlink("made", (t.dir / "l").c_str()) == 0);
  CHECK(make("l", open_options().create().exclusive()).error() == errc::already_exists);
  value_of(make("l", open_options().create().with({0604, ownership{12, 34}})));
  CHECK((t.dir.status("made").st_mode & 07777) == 0604);
  if (::geteuid() == 0) CHECK(t.dir.status("made").st_uid == 12);
  CHECK(make("d/f", open_options().create()).error() == errc::not_found);
  CHECK(make("f/", open_options().create()).error() == errc::is_directory);
  CHECK(make(".", open_options().create()).error() == errc::is_directory);
  CHECK(make({}, open_options().create().exclusive()).error() == errc::already_exists);
}

TEST_CASE("modes are final, whatever the umask") {
  open_tree t;
  const mode_t before = ::umask(GENERATE(0U, 077U, 0777U));
  value_of(t.files->open_at(t.root, "f", open_options().create().with({0666, {}})));
  value_of(t.files->create_dir(t.root, "d", {01777, {}}));
  value_of(t.files->create_node(t.root, "p", file_type::fifo, 0, {0622, {}}));
  value_of(t.files->create_node(t.root, "r", file_type::regular, 0, {04755, {}}));
  ::umask(before);
  CHECK((t.dir.status("f").st_mode & 07777) == 0666);
  CHECK((t.dir.status("d").st_mode & 07777) == 01777);
  CHECK((t.dir.status("p").st_mode & 07777) == 0622);
  CHECK((t.dir.status("r").st_mode & 07777) == 04755);
}

TEST_CASE("special files") {
  open_tree t;
  CHECK(value_of(t.files->create_node(t.root, "p", file_type::fifo, 0, {0600, {}})).attrs.type == file_type::fifo);
  CHECK(value_of(t.files->create_node(t.root, "s", file_type::socket, 0, {0600, {}})).attrs.type == file_type::socket);
  CHECK(t.files->create_node(t.root, "x", file_type::directory, 0, {}).error() == errc::invalid);
  if (::geteuid() == 0) {
    const auto null = t.files->create_node(t.root, "n", file_type::char_device, std::uint64_t{1} << 32 | 3, {0600, {}});
    if (null) {
      CHECK(null->attrs.device == (std::uint64_t{1} << 32 | 3));
      CHECK(t.dir.status("n").st_rdev == makedev(1, 3));
    }
  }
}

TEST_CASE("renames replace, refuse or exchange") {
  open_tree t;
  t.dir.put("a", "a");
  t.dir.put("b", "b");
  CHECK(t.files->rename(t.root, "a", t.root, "b", rename_mode::no_replace).error() == errc::already_exists);
  value_of(t.files->rename(t.root, "a", t.root, "b", rename_mode::exchange));
  CHECK(t.dir.get("a") == "b");
  value_of(t.files->rename(t.root, "a", t.root, "b", rename_mode::replace));
  CHECK(t.dir.get("b") == "b");
  CHECK(t.files->rename(t.root, "missing", t.root, "b", rename_mode::replace).error() == errc::not_found);
  value_of(t.files->create_dir(t.root, "d", {0755, {}}));
  CHECK(t.files->rename(t.root, "d", t.root, "d/e", rename_mode::replace).error() == errc::invalid);
  CHECK(t.files->rename(t.root, "b", t.root, "d", rename_mode::replace).error() == errc::is_directory);
  CHECK(t.files->rename(t.root, ".", t.root, "x", rename_mode::replace).error() == errc::busy);
  CHECK(t.files->rename(t.root, {}, t.root, "x", rename_mode::replace).error() == errc::not_found);
}

TEST_CASE("links are made to the file that was found") {
  open_tree t;
  t.dir.put("f", "abc");
  const auto f = value_of(t.files->lookup(t.root, "f"));
  value_of(t.files->rename(t.root, "f", t.root, "moved", rename_mode::replace));
  const auto linked = value_of(t.files->link(*f.node, {}, t.root, "g"));
  CHECK(linked.node == f.node);
  CHECK(linked.attrs.nlink == 2);
  CHECK(t.files->link(*f.node, {}, t.root, "g").error() == errc::already_exists);
  value_of(t.files->symlink(t.root, "l", "nowhere", {}));
  CHECK(value_of(t.files->link(t.root, "l", t.root, "l2")).attrs.type == file_type::symlink);
  CHECK(value_of(t.files->read_link(t.root, "l2")) == "nowhere");
  CHECK(t.files->link(t.root, ".", t.root, "d").error() == errc::not_permitted);
}

TEST_CASE("removing checks the kind") {
  open_tree t;
  t.dir.put("f", "");
  value_of(t.files->create_dir(t.root, "d", {0755, {}}));
  t.dir.put("d/f", "");
  CHECK(t.files->remove(t.root, "d").error() == errc::is_directory);
  CHECK(t.files->remove_dir(t.root, "f").error() == errc::not_directory);
  CHECK(t.files->remove_dir(t.root, "d").error() == errc::not_empty);
  CHECK(t.files->remove(t.root, "f/").error() == errc::not_directory);
  value_of(t.files->remove(t.root, "d/f"));
  value_of(t.files->remove_dir(t.root, "d/"));
  value_of(t.files->remove(t.root, "f"));
  CHECK(names(*t.files, t.root).empty());
  CHECK(t.files->remove_dir(t.root, ".").error() == errc::invalid);
  CHECK(t.files->create_dir(t.root, "..", {}).error() == errc::already_exists);
}

TEST_CASE("names to 255 bytes, paths to 4095") {
  open_tree t;
  value_of(t.files->create_dir(t.root, std::string(255, 'n'), {0755, {}}));
  CHECK(t.files->create_dir(t.root, std::string(256, 'n'), {0755, {}}).error() == errc::name_too_long);
  std::string deep;
  while (deep.size() + 200 < 4000) {
    deep += (deep.empty() ? "" : "/") + std::string(190, 'p');
    value_of(t.files->create_dir(t.root, deep, {0755, {}}));
  }
  CHECK(value_of(t.files->lookup(t.root, deep)).attrs.type == file_type::directory);
  CHECK(t.files->lookup(t.root, deep + std::string(400, '/')).error() == errc::name_too_long);
}

TEST_CASE("attributes by node and path, links included") {
  open_tree t;
  t.dir.put("f", "abcdef");
  value_of(t.files->symlink(t.root, "l", "f", {}));
  attribute_change change;
  change.mode = 04711;
  change.size = 3;
  change.atime = timestamp{1, 2};
  change.mtime = timestamp{3, 4};
  const auto a = value_of(t.files->set_attributes(t.root, "f", change));
  CHECK(a.mode == 04711);
  CHECK(a.size == 3);
  CHECK(a.atime == timestamp{1, 2});
  CHECK(a.mtime == timestamp{3, 4});
  attribute_change times;
  times.mtime = timestamp{7, 8};
  CHECK(value_of(t.files->set_attributes(t.root, "l", times)).mtime == timestamp{7, 8});
  CHECK(value_of(t.files->stat(t.root, "f")).mtime == timestamp{3, 4});
  attribute_change size;
  size.size = 1;
  CHECK(t.files->set_attributes(t.root, ".", size).error() == errc::is_directory);
  times = {};
  times.mtime_now = true;
  CHECK(value_of(t.files->set_attributes(t.root, "f", times)).mtime > timestamp{1'700'000'000, 0});
  CHECK(value_of(t.files->stat(t.root, "f")).atime == timestamp{1, 2});
}

TEST_CASE("extended attributes") {
  open_tree t;
  t.dir.put("f", "");
  const auto value = std::as_bytes(std::span("value", 5));
  std::array<std::byte, 16> out{};
  const auto set = [&](std::string_view key, xattr_mode mode) {
    return t.files->set_xattr(t.root, "f", key, value, mode);
  };
  CHECK(t.files->get_xattr(t.root, "f", "user.a", out).error() == errc::no_attribute);
  CHECK(set("user.a", xattr_mode::replace).error() == errc::no_attribute);
  value_of(set("user.a", xattr_mode::create));
  CHECK(set("user.a", xattr_mode::create).error() == errc::already_exists);
  value_of(set("user.a", xattr_mode::replace));
  CHECK(value_of(t.files->get_xattr(t.root, "f", "user.a", {})) == 5);
  CHECK(value_of(t.files->get_xattr(t.root, "f", "user.a", out)) == 5);
  CHECK(t.files->get_xattr(t.root, "f", "user.a", std::span(out).first(3)).error() == errc::range);
  CHECK(value_of(t.files->list_xattr(t.root, "f")) == std::vector<std::string>{"user.a"});
  CHECK(set("system.posix_acl_access", xattr_mode::set).error() == errc::unsupported);
  CHECK(set("user." + std::string(300, 'x'), xattr_mode::set).error() == errc::range);
  value_of(t.files->remove_xattr(t.root, "f", "user.a"));
  CHECK(t.files->remove_xattr(t.root, "f", "user.a").error() == errc::no_attribute);
  CHECK(value_of(t.files->list_xattr(t.root, "f")).empty());
}

TEST_CASE("usage and sync") {
  open_tree t;
  t.dir.put("f", "");
  const auto usage = value_of(t.files->usage(t.root));
  CHECK(usage.name_max == 255);
  CHECK(usage.blocks > usage.blocks_available);
  value_of(t.files->sync(t.root));
  value_of(t.files->sync(*value_of(t.files->lookup(t.root, "f")).node));
  value_of(t.files->create_node(t.root, "p", file_type::fifo, 0, {0600, {}}));
  value_of(t.files->sync(*value_of(t.files->lookup(t.root, "p")).node));
}

TEST_CASE("opening a root: what fails") {
  const scratch_directory dir;
  dir.put("f", "");
  CHECK(tree::open(dir / "missing").error() == errc::not_found);
  CHECK(tree::open(dir / "f").error() == errc::not_directory);
}

TEST_CASE("running out of descriptors is an error of its own, and over when nodes are let go") {
  open_tree t;
  for (int i = 0; i < 100; ++i) t.dir.put("f" + std::to_string(i), "");
  rlimit raised{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &raised) == 0);
  CHECK(raised.rlim_cur == raised.rlim_max);  // Opening the tree raised it.
  rlimit low = raised;
  low.rlim_cur = 60;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
  std::vector<std::shared_ptr<node>> held;
  std::optional<error> failure;
  for (int i = 0; i < 100 && !failure; ++i) {
    auto found = t.files->lookup(t.root, "f" + std::to_string(i));
    if (found) {
      held.push_back(found->node);
    } else {
      failure = found.error();
    }
  }
  REQUIRE(failure.has_value());
  CHECK(*failure == errc::too_many_open);
  held.clear();
  CHECK(t.files->lookup(t.root, "f99").has_value());
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &raised) == 0);
}

}  // namespace randomio::local::test
