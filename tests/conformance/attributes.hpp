#pragma once

#include <string>

#include "tests/conformance/fixture.hpp"

namespace conformance {

/// Modes, owners, times: for backends that say `modes`.
template <class Fixture>
void check_attributes(Fixture& fixture) {
  tree t(fixture);
  if (!t.can().modes) return;
  auto f = t.make_file("f", "x");

  SECTION("all twelve mode bits are kept") {
    for (const std::uint32_t mode : {0U, 0777U, 0640U, 04755U, 01777U}) {
      CHECK(ok(t.change("f", {.mode = mode})).mode == mode);
      CHECK(ok(t.stat("f")).mode == mode);
    }
    ok(t.create_dir("d", {.mode = 01750, .owner = {}}));
    if (keeps_directory_attributes(fixture)) CHECK(ok(t.stat("d")).mode == 01750);
    CHECK(ok(t.change("d", {.mode = 0700})).mode == 0700);
    CHECK(ok(t.stat("d")).type == file_type::directory);
  }
  SECTION("times are kept to the nanosecond") {
    const timestamp a{1'234'567'890, 123'456'789}, m{987'654'321, 987'654'321};
    const auto changed = ok(t.change("f", {.atime = a, .mtime = m}));
    CHECK((changed.atime == a));
    CHECK((changed.mtime == m));
    CHECK((ok(t.stat("f")).mtime == m));
    const auto again = ok(t.change_file(f, {.mtime = timestamp{1, 1}}));
    CHECK((again.atime == a));
    CHECK((again.mtime == timestamp{1, 1}));
    const auto now = ok(t.change("f", {.mtime_now = true}));
    CHECK(now.mtime.seconds > 1'600'000'000);
    CHECK((now.atime == a));
  }
  SECTION("one call changes all at once") {
    const auto all = ok(t.change("f", {.mode = 0600, .size = 100, .mtime = timestamp{5, 5}}));
    CHECK(all.mode == 0600);
    CHECK(all.size == 100);
    CHECK((all.mtime == timestamp{5, 5}));
    CHECK(failure(t.change("missing", {.mode = 0600})) == is(errc::not_found));
  }
  SECTION("what cannot be resized is refused whole") {
    ok(t.create_dir("d"));
    CHECK(failure(t.change("d", {.mode = 0700, .size = 0})) == is(errc::is_directory));
    CHECK(ok(t.stat("d")).mode == 0755);
  }
  SECTION("drop_privileges clears the set-id bits as a write does") {
    ok(t.change("f", {.mode = 06755}));
    CHECK(ok(t.change("f", {.drop_privileges = true})).mode == 0755);
    ok(t.change("f", {.mode = 06745}));
    CHECK(ok(t.change("f", {.size = 0, .drop_privileges = true})).mode == 02745);
  }
  SECTION("owners, where they may be given") {
    const auto own = ok(t.stat("f"));
    CHECK(ok(t.change("f", {.uid = own.uid, .gid = own.gid})).uid == own.uid);
    const auto given = t.change("f", {.uid = 1234, .gid = 4321});
    if (given || given.error() != errc::not_permitted) {
      CHECK(ok(given).uid == 1234);
      CHECK(ok(t.stat("f")).gid == 4321);
      const auto made = ok(t.create_dir("d", {.mode = 0755, .owner = ownership{77, 88}}));
      CHECK(made.attrs.uid == 77);
      CHECK(made.attrs.gid == 88);
      auto g = ok(t.open("g", open_options().create().with({.mode = 0600, .owner = ownership{77, 88}})));
      CHECK(ok(t.stat_file(g)).uid == 77);
      CHECK(ok(t.stat_file(g)).gid == 88);
    }
  }
  SECTION("a set-group-id directory gives its group, and the bit to directories") {
    ok(t.create_dir("d"));
    const auto given = t.change("d", {.mode = 02775, .gid = 4321});
    if ((given || given.error() != errc::not_permitted) && keeps_directory_attributes(fixture)) {
      const creation made{.mode = 0644, .owner = ownership{77, 88}};
      CHECK(ok(t.create_dir("d/e", {.mode = 0755, .owner = ownership{77, 88}})).attrs.mode == 02755);
      CHECK(ok(t.stat("d/e")).gid == 4321);
      CHECK(ok(t.stat("d/e")).uid == 77);
      ok(t.open("d/f", open_options().create().with(made)));
      CHECK(ok(t.stat("d/f")).gid == 4321);
      CHECK(ok(t.stat("d/f")).mode == 0644);
    }
  }
}

/// Which call updates which time. Source: POSIX.1-2017, 4.9 File Times Update.
template <class Fixture>
void check_times(Fixture& fixture) {
  tree t(fixture);
  if (!t.can().modes) return;
  ok(t.create_dir("d"));
  auto f = t.make_file("d/f", "x");
  const auto file_before = ok(t.stat("d/f")), dir_before = ok(t.stat("d"));
  let_time_pass();
  const auto file_changed = [&](std::string_view p, bool content) {
    const auto now = ok(t.stat(p));
    CHECK((now.ctime > file_before.ctime));
    CHECK((now.mtime > file_before.mtime) == content);
  };
  const auto dir_changed = [&](bool yes) {
    const auto now = ok(t.stat("d"));
    CHECK((now.mtime > dir_before.mtime) == yes);
    CHECK((now.ctime > dir_before.ctime) == yes);
  };

  SECTION("a new file is stamped now, and so is its directory") {
    const auto parent = ok(t.stat("d"));
    auto g = t.make_file("d/g");
    const auto born = ok(t.stat("d/g"));
    CHECK((born.mtime > parent.mtime));
    CHECK((born.mtime == born.ctime));
    if (born.btime) CHECK((*born.btime <= born.ctime));
    dir_changed(true);
  }
  SECTION("write") {
    ok(t.write(f, 0, "y"));
    file_changed("d/f", true);
    dir_changed(false);
  }
  SECTION("append") {
    ok(t.append(f, "y"));
    file_changed("d/f", true);
  }
  SECTION("truncate") {
    ok(t.change("d/f", {.size = 0}));
    file_changed("d/f", true);
  }
  SECTION("open with truncate") {
    ok(t.open("d/f", open_options().truncate()));
    file_changed("d/f", true);
    dir_changed(false);
  }
  SECTION("read leaves mtime and ctime") {
    ok(t.read(f, 0, 10));
    CHECK((ok(t.stat("d/f")).mtime == file_before.mtime));
    CHECK((ok(t.stat("d/f")).ctime == file_before.ctime));
  }
  SECTION("mode") {
    ok(t.change("d/f", {.mode = 0600}));
    file_changed("d/f", false);
    dir_changed(false);
  }
  SECTION("rename") {
    ok(t.rename("d/f", "d/g"));
    file_changed("d/g", false);
    dir_changed(true);
  }
  SECTION("rename out and in") {
    ok(t.rename("d/f", "f"));
    dir_changed(true);
  }
  SECTION("remove") {
    ok(t.remove("d/f"));
    dir_changed(true);
    CHECK((ok(t.stat_file(f)).ctime > file_before.ctime));
  }
  SECTION("a subdirectory comes and goes") {
    ok(t.create_dir("d/e"));
    dir_changed(true);
  }
  if (t.can().hard_links) {
    SECTION("link") {
      ok(t.link("d/f", "g"));
      file_changed("d/f", false);
      dir_changed(false);
      ok(t.link("d/f", "d/g"));
      dir_changed(true);
    }
  }
  if (t.can().xattrs) {
    SECTION("xattr") {
      ok(t.set_xattr("d/f", "user.k", "v"));
      file_changed("d/f", false);
    }
  }
  SECTION("a failed change changes no time") {
    CHECK_FALSE(t.remove("d/missing").has_value());
    CHECK_FALSE(t.create_dir("d/f").has_value());
    CHECK_FALSE(t.rename("d/f", "d/no/x").has_value());
    dir_changed(false);
  }
}

/// Extended attributes, or their refusal.
template <class Fixture>
void check_xattrs(Fixture& fixture) {
  tree t(fixture);
  t.make_file("f");
  if (!t.can().xattrs) {
    CHECK(failure(t.set_xattr("f", "user.k", "v")) == is(errc::unsupported));
    return;
  }
  std::vector<std::byte> out(100);

  SECTION("set, get, list, remove") {
    CHECK(ok(t.list_xattr("f")).empty());
    ok(t.set_xattr("f", "user.one", "1"));
    ok(t.set_xattr("f", "user.two", "22"));
    ok(t.set_xattr("f", "user.empty", ""));
    CHECK(ok(t.get_xattr("f", "user.two", out)) == 2);
    CHECK(text_of(std::span(out).first(2)) == "22");
    CHECK(ok(t.get_xattr("f", "user.empty", out)) == 0);
    CHECK(ok(t.list_xattr("f")).size() == 3);
    ok(t.remove_xattr("f", "user.one"));
    CHECK(failure(t.get_xattr("f", "user.one", out)) == is(errc::no_attribute));
    CHECK(failure(t.remove_xattr("f", "user.one")) == is(errc::no_attribute));
    CHECK(ok(t.list_xattr("f")).size() == 2);
  }
  SECTION("create and replace mind what is there") {
    CHECK(failure(t.set_xattr("f", "user.k", "v", xattr_mode::replace)) == is(errc::no_attribute));
    CHECK(failure(t.set_xattr("f", "bad.name", "v")) == is(errc::unsupported));
    CHECK(failure(t.set_xattr("f", "user.", "v")) == is(errc::invalid));
    ok(t.set_xattr("f", "user.k", "v", xattr_mode::create));
    CHECK(failure(t.set_xattr("f", "user.k", "w", xattr_mode::create)) == is(errc::already_exists));
    ok(t.set_xattr("f", "user.k", "longer", xattr_mode::replace));
    CHECK(ok(t.get_xattr("f", "user.k", {})) == 6);
  }
  SECTION("an empty buffer asks for the size, a short one fails") {
    ok(t.set_xattr("f", "user.k", "value"));
    CHECK(ok(t.get_xattr("f", "user.k", {})) == 5);
    CHECK(failure(t.get_xattr("f", "user.k", std::span(out).first(4))) == is(errc::range));
    CHECK(failure(t.get_xattr("f", "user.none", {})) == is(errc::no_attribute));
  }
  SECTION("they belong to the file, not to the name") {
    ok(t.set_xattr("f", "user.k", "v"));
    ok(t.rename("f", "g"));
    CHECK(ok(t.get_xattr("g", "user.k", out)) == 1);
    t.make_file("f");
    CHECK(failure(t.get_xattr("f", "user.k", out)) == is(errc::no_attribute));
    ok(t.create_dir("d"));
    ok(t.set_xattr("d", "user.k", "dir"));
    if (keeps_directory_attributes(fixture)) CHECK(ok(t.get_xattr("d", "user.k", out)) == 3);
  }
  SECTION("values are bytes, names have a longest length") {
    const std::string value("\0\xff\0bytes", 8);
    ok(t.set_xattr("f", "user.bytes", value));
    CHECK(ok(t.get_xattr("f", "user.bytes", out)) == 8);
    CHECK(text_of(std::span(out).first(8)) == value);
    CHECK(failure(t.set_xattr("f", "user." + std::string(251, 'n'), "v")) == is(errc::range));
    ok(t.set_xattr("f", "user." + std::string(250, 'n'), "v"));
  }
}

}  // namespace conformance
