#pragma once

#include <string>

#include "tests/conformance/fixture.hpp"

namespace conformance {

/// Hard links, or their refusal.
template <class Fixture>
void check_hard_links(Fixture& fixture) {
  tree t(fixture);
  t.make_file("a", "shared");
  if (!t.can().hard_links) {
    CHECK_FALSE(t.link("a", "b").has_value());
    return;
  }

  SECTION("names of one file share everything") {
    const auto linked = ok(t.link("a", "b"));
    CHECK(linked.node == ok(t.lookup("a")).node);
    CHECK(linked.attrs.nlink == 2);
    auto f = ok(t.open("b", open_options().write()));
    ok(t.write(f, 0, "SHARED"));
    CHECK(t.content("a") == "SHARED");
    CHECK(ok(t.stat("a")).ino == ok(t.stat("b")).ino);
    ok(t.remove("a"));
    CHECK(ok(t.stat("b")).nlink == 1);
    CHECK(t.content("b") == "SHARED");
  }
  SECTION("by node") {
    const auto node = ok(t.lookup("a")).node;
    ok(t.create_dir("d"));
    const auto d = ok(t.lookup("d")).node;
    ok(t.link(*node, "", *d, "b"));
    CHECK(ok(t.stat("d/b")).nlink == 2);
  }
  SECTION("not over what is there, not of directories, not of what is gone") {
    t.make_file("b");
    ok(t.create_dir("d"));
    CHECK(failure(t.link("a", "b")) == is(errc::already_exists));
    CHECK(failure(t.link("a", "d")) == is(errc::already_exists));
    CHECK(failure(t.link("d", "e")) == is(errc::not_permitted));
    CHECK(failure(t.link("missing", "e")) == is(errc::not_found));
    CHECK(failure(t.link("a", "no/e")) == is(errc::not_found));
    const auto held = ok(t.lookup("a")).node;
    ok(t.remove("a"));
    CHECK(failure(t.link(*held, "", *t.root, "e")) == is(errc::not_found));
  }
  SECTION("directories count their subdirectories") {
    CHECK(ok(t.stat("")).nlink == 2);
    ok(t.create_dir("d"));
    CHECK(ok(t.stat("d")).nlink == 2);
    CHECK(ok(t.stat("")).nlink == 3);
    ok(t.create_dir("d/e"));
    ok(t.create_dir("d/f"));
    t.make_file("d/g");
    CHECK(ok(t.stat("d")).nlink == 4);
    ok(t.rename("d/e", "e"));
    CHECK(ok(t.stat("d")).nlink == 3);
    CHECK(ok(t.stat("")).nlink == 4);
    ok(t.rename("e", "d/f"));
    CHECK(ok(t.stat("d")).nlink == 3);
    CHECK(ok(t.stat("")).nlink == 3);
    ok(t.remove_dir("d/f"));
    CHECK(ok(t.stat("d")).nlink == 2);
  }
}

/// Symbolic links, or their refusal.
template <class Fixture>
void check_symlinks(Fixture& fixture) {
  tree t(fixture);
  if (!t.can().symlinks) {
    CHECK_FALSE(t.symlink("s", "f").has_value());
    return;
  }
  ok(t.create_dir("d"));
  t.make_file("d/f", "found");

  SECTION("a link is a file of its own") {
    const auto made = ok(t.symlink("s", "d/f"));
    CHECK(made.attrs.type == file_type::symlink);
    CHECK(ok(t.stat("s")).type == file_type::symlink);
    CHECK(ok(t.stat("s")).size == 3);
    CHECK(ok(t.read_link("s")) == "d/f");
    CHECK(failure(t.read_link("d/f")) == is(errc::invalid));
    CHECK(failure(t.read_link("missing")) == is(errc::not_found));
    CHECK(failure(t.symlink("s", "x")) == is(errc::already_exists));
    CHECK(failure(t.symlink("x", "")) == is(errc::not_found));
    ok(t.remove("s"));
    CHECK(t.content("d/f") == "found");
  }
  SECTION("links on the way are followed within the tree") {
    ok(t.symlink("s", "d"));
    CHECK(t.content("s/f") == "found");
    CHECK(ok(t.lookup("s/")).attrs.type == file_type::directory);
    ok(t.symlink("d/up", "../d/../s"));
    CHECK(t.content("d/up/f") == "found");
    t.make_file("s/g", "through");
    CHECK(t.content("d/g") == "through");
    ok(t.remove("s/g"));
    CHECK(failure(t.remove_dir("s")) == is(errc::not_directory));
    CHECK(ok(t.stat("s")).type == file_type::symlink);
  }
  SECTION("links that lead outside are refused, but can be kept") {
    ok(t.symlink("absolute", "/"));
    ok(t.symlink("above", "../.."));
    CHECK(ok(t.read_link("absolute")) == "/");
    CHECK_FALSE(t.lookup("absolute/etc").has_value());
    CHECK_FALSE(t.lookup("above/etc").has_value());
    CHECK_FALSE(t.open("absolute/tmp/escaped", open_options().create()).has_value());
    ok(t.symlink("sideways", "/etc/hostname"));
    CHECK_FALSE(t.open("sideways", open_options().read()).has_value());
  }
  SECTION("circles end in loop") {
    ok(t.symlink("a", "b"));
    ok(t.symlink("b", "a"));
    CHECK(failure(t.open("a", open_options().read())) == is(errc::loop));
    CHECK(failure(t.lookup("a/x")) == is(errc::loop));
    ok(t.symlink("self", "self"));
    CHECK(failure(t.open("self", open_options().create())) == is(errc::loop));
    CHECK(ok(t.stat("a")).type == file_type::symlink);
  }
  SECTION("rename and remove act on the link") {
    ok(t.symlink("s", "d/f"));
    ok(t.rename("s", "r"));
    CHECK(ok(t.read_link("r")) == "d/f");
    t.make_file("g", "plain");
    ok(t.rename("g", "r"));
    CHECK(ok(t.stat("r")).type == file_type::regular);
    CHECK(t.content("d/f") == "found");
  }
  SECTION("long targets are kept") {
    const std::string target = std::string(200, 'x') + "/" + std::string(200, 'y');
    ok(t.symlink("s", target));
    CHECK(ok(t.read_link("s")) == target);
    CHECK(failure(t.symlink("t", std::string(5000, 'x'))) == is(errc::name_too_long));
  }
}

}  // namespace conformance
