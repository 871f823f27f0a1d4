#pragma once

#include <string>

#include "tests/conformance/fixture.hpp"

namespace conformance {

/// rename in its three modes.
template <class Fixture>
void check_rename(Fixture& fixture) {
  tree t(fixture);

  SECTION("a file moves, within and across directories") {
    t.make_file("a", "content");
    const auto before = ok(t.lookup("a"));
    ok(t.rename("a", "b"));
    CHECK_FALSE(t.has("a"));
    CHECK(t.content("b") == "content");
    CHECK(ok(t.lookup("b")).node == before.node);
    ok(t.create_dir("d"));
    ok(t.rename("b", "d/c"));
    CHECK(t.content("d/c") == "content");
    CHECK(ok(t.stat("d/c")).ino == before.attrs.ino);
    CHECK(failure(t.rename("missing", "x")) == is(errc::not_found));
    CHECK(failure(t.rename("d/c", "no/c")) == is(errc::not_found));
    CHECK(failure(t.rename("d/c", "d/c/x")) == is(errc::not_directory));
  }
  SECTION("a file replaces a file, whose handles live on") {
    t.make_file("a", "new");
    auto old = t.make_file("b", "old");
    ok(t.rename("a", "b"));
    CHECK(t.content("b") == "new");
    CHECK(ok(t.read(old, 0, 10)) == "old");
    CHECK(t.names("").size() == 1);
  }
  SECTION("a directory moves with what is in it") {
    ok(t.create_dir("a"));
    ok(t.create_dir("a/sub"));
    t.make_file("a/sub/f", "inside");
    const auto held = ok(t.lookup("a/sub/f"));
    ok(t.create_dir("d"));
    ok(t.rename("a", "d/b"));
    CHECK_FALSE(t.has("a"));
    CHECK(t.content("d/b/sub/f") == "inside");
    CHECK(ok(t.lookup("d/b/sub/f")).node == held.node);
    CHECK(ok(t.lookup("d/b/..")).node == ok(t.lookup("d")).node);
  }
  SECTION("a directory replaces an empty one only") {
    ok(t.create_dir("a"));
    t.make_file("a/f");
    ok(t.create_dir("empty"));
    ok(t.create_dir("full"));
    t.make_file("full/g");
    CHECK(failure(t.rename("a", "full")) == is(errc::not_empty));
    ok(t.rename("a", "empty"));
    CHECK(t.has("empty/f"));
    CHECK_FALSE(t.has("a"));
  }
  SECTION("files and directories do not replace each other") {
    t.make_file("f");
    ok(t.create_dir("d"));
    CHECK(failure(t.rename("f", "d")) == is(errc::is_directory));
    CHECK(failure(t.rename("d", "f")) == is(errc::not_directory));
    CHECK(failure(t.rename("f", "g/")) == is(errc::not_directory));
    CHECK(t.has("f"));
    CHECK(t.has("d"));
  }
  SECTION("a directory does not move below itself, nor onto what holds it") {
    ok(t.create_dir("a"));
    ok(t.create_dir("a/b"));
    ok(t.create_dir("a/b/c"));
    CHECK(failure(t.rename("a", "a/b/x")) == is(errc::invalid));
    CHECK(failure(t.rename("a", "a/x")) == is(errc::invalid));
    CHECK(failure(t.rename("a/b/c", "a")) == is(errc::not_empty));
    ok(t.rename("a", "a"));
    CHECK(t.has("a/b/c"));
  }
  SECTION("the root and dots are not renamed") {
    ok(t.create_dir("d"));
    CHECK_FALSE(t.rename("", "x").has_value());
    CHECK_FALSE(t.rename("d/.", "x").has_value());
    CHECK_FALSE(t.rename("d", "d/..").has_value());
    CHECK(t.has("d"));
  }
  if (t.can().hard_links) {
    SECTION("two names of one file both stay") {
      t.make_file("a", "one");
      ok(t.link("a", "b"));
      ok(t.rename("a", "b"));
      CHECK(t.has("a"));
      CHECK(t.has("b"));
      CHECK(ok(t.stat("a")).nlink == 2);
    }
  }
  if (t.can().rename_no_replace) {
    SECTION("no_replace leaves what is there") {
      t.make_file("a", "a");
      t.make_file("b", "b");
      CHECK(failure(t.rename("a", "b", rename_mode::no_replace)) == is(errc::already_exists));
      CHECK(t.content("a") == "a");
      CHECK(t.content("b") == "b");
      ok(t.rename("a", "c", rename_mode::no_replace));
      CHECK(t.content("c") == "a");
      CHECK(failure(t.rename("c", "c", rename_mode::no_replace)) == is(errc::already_exists));
    }
  } else {
    CHECK(failure(t.rename("a", "b", rename_mode::no_replace)) == is(errc::unsupported));
  }
  if (t.can().rename_exchange) {
    SECTION("exchange swaps any two") {
      t.make_file("f", "file");
      ok(t.create_dir("d"));
      ok(t.create_dir("d/e"));
      t.make_file("d/e/g", "below");
      ok(t.rename("f", "d/e", rename_mode::exchange));
      CHECK(t.content("d/e") == "file");
      CHECK(t.content("f/g") == "below");
      CHECK(ok(t.lookup("f/..")).node == t.root);
      CHECK(failure(t.rename("f", "missing", rename_mode::exchange)) == is(errc::not_found));
      CHECK(failure(t.rename("d", "d/e", rename_mode::exchange)) == is(errc::invalid));
      CHECK(failure(t.rename("d/e", "d", rename_mode::exchange)) == is(errc::invalid));
      if (t.can().hard_links) {
        CHECK(ok(t.stat("d")).nlink == 2);
        CHECK(ok(t.stat("")).nlink == 4);
      }
    }
  }
}

}  // namespace conformance
