#pragma once

#include <string>

#include "tests/conformance/fixture.hpp"

namespace conformance {

/// Making, finding and removing names.
template <class Fixture>
void check_names(Fixture& fixture) {
  tree t(fixture);
  const std::string longest(t.can().name_bytes_max, 'n');

  SECTION("lookup finds one node for one file") {
    t.make_file("f", "x");
    const auto first = ok(t.lookup("f")), second = ok(t.lookup("f"));
    CHECK(first.node == second.node);
    CHECK(first.attrs.ino == second.attrs.ino);
    CHECK(first.attrs.size == 1);
    CHECK(ok(t.lookup(*first.node, "")).node == first.node);
    CHECK(ok(t.lookup("")).node == t.root);
    CHECK(ok(t.stat("")).type == file_type::directory);
    CHECK(failure(t.lookup("missing")) == is(errc::not_found));
    CHECK(failure(t.lookup("missing/f")) == is(errc::not_found));
    CHECK(failure(t.lookup("f/below")) == is(errc::not_directory));
  }
  SECTION("directories nest, and paths go through them") {
    const auto d = ok(t.create_dir("d"));
    CHECK(d.attrs.type == file_type::directory);
    ok(t.create_dir(*d.node, "e"));
    t.make_file("d/e/f", "deep");
    CHECK(t.content("d/e/f") == "deep");
    CHECK(ok(t.stat(*d.node, "e/f")).size == 4);
    CHECK(ok(t.lookup("d/./e//f")).node == ok(t.lookup("d/e/f")).node);
    CHECK(ok(t.lookup("d/e/../e/f")).node == ok(t.lookup("d/e/f")).node);
    CHECK(ok(t.lookup("d/e/")).attrs.type == file_type::directory);
    CHECK(failure(t.lookup("d/e/f/")) == is(errc::not_directory));
  }
  SECTION("nothing leads out of the tree") {
    CHECK_FALSE(t.lookup("..").has_value());
    CHECK_FALSE(t.lookup("../x").has_value());
    CHECK_FALSE(t.lookup("/").has_value());
    CHECK_FALSE(t.lookup("/etc").has_value());
    ok(t.create_dir("d"));
    CHECK_FALSE(t.lookup("d/../../etc").has_value());
    CHECK_FALSE(t.open("../escaped", open_options().create().with({.mode = 0600, .owner = {}})).has_value());
  }
  SECTION("what exists is not made again") {
    t.make_file("f");
    ok(t.create_dir("d"));
    CHECK(failure(t.create_dir("f")) == is(errc::already_exists));
    CHECK(failure(t.create_dir("d")) == is(errc::already_exists));
    CHECK(failure(t.create_dir("d/")) == is(errc::already_exists));
    CHECK(failure(t.create_dir("no/d")) == is(errc::not_found));
    CHECK(failure(t.create_dir("f/d")) == is(errc::not_directory));
  }
  SECTION("remove removes files, remove_dir empty directories") {
    t.make_file("f");
    ok(t.create_dir("d"));
    t.make_file("d/g");
    CHECK(failure(t.remove("d")) == is(errc::is_directory));
    CHECK(failure(t.remove_dir("f")) == is(errc::not_directory));
    CHECK(failure(t.remove_dir("d")) == is(errc::not_empty));
    CHECK(failure(t.remove("missing")) == is(errc::not_found));
    CHECK(failure(t.remove_dir("missing")) == is(errc::not_found));
    ok(t.remove("f"));
    CHECK_FALSE(t.has("f"));
    ok(t.remove("d/g"));
    ok(t.remove_dir("d"));
    CHECK_FALSE(t.has("d"));
    CHECK(failure(t.remove("f")) == is(errc::not_found));
  }
  SECTION("a held node outlives its name") {
    t.make_file("f", "kept alive");
    const auto held = ok(t.lookup("f"));
    ok(t.remove("f"));
    CHECK(ok(t.stat(*held.node, "")).size == 10);
    if (t.can().removed_nodes) {
      auto f = ok(t.open(*held.node, "", open_options().read()));
      CHECK(ok(t.read(f, 0, 20)) == "kept alive");
      CHECK(ok(t.entry_of(f)).node == held.node);
    }
  }
  SECTION("nothing is made in a removed directory") {
    const auto d = ok(t.create_dir("d"));
    ok(t.remove_dir("d"));
    CHECK(failure(t.open(*d.node, "f", open_options().create())) == is(errc::not_found));
    CHECK(failure(t.create_dir(*d.node, "e")) == is(errc::not_found));
    CHECK(failure(t.lookup(*d.node, "x")) == is(errc::not_found));
    t.make_file("f");
    CHECK(failure(t.rename(*t.root, "f", *d.node, "f")) == is(errc::not_found));
  }
  SECTION("names have a longest length, and any bytes but a slash") {
    t.make_file(longest, "long");
    CHECK(t.content(longest) == "long");
    CHECK(failure(t.open(longest + "n", open_options().create())) == is(errc::name_too_long));
    CHECK(failure(t.create_dir(longest + "n")) == is(errc::name_too_long));
    CHECK(failure(t.lookup(longest + "n")) == is(errc::name_too_long));
    for (const std::string name : {" ", "...", "a#b%20c", "\xc3\xa4", "\n\t", "-rf", "*?[]"}) {
      t.make_file(name, name);
      CHECK(t.content(name) == name);
    }
  }
  if (t.can().special_files) {
    SECTION("fifos, sockets and regular files are made as nodes") {
      for (const auto type : {file_type::fifo, file_type::socket, file_type::regular}) {
        const auto made = ok(t.create_node("n", type, 0, {.mode = 0600, .owner = {}}));
        CHECK(made.attrs.type == type);
        CHECK(ok(t.stat("n")).type == type);
        CHECK(failure(t.create_node("n", type, 0, {})) == is(errc::already_exists));
        ok(t.remove("n"));
      }
    }
    SECTION("devices keep their number, where they may be made") {
      const std::uint64_t number = std::uint64_t{7} << 32 | 200;
      for (const auto type : {file_type::char_device, file_type::block_device}) {
        const auto made = t.create_node("n", type, number, {.mode = 0600, .owner = {}});
        if (!made && made.error() == errc::not_permitted) continue;
        CHECK(ok(made).attrs.type == type);
        CHECK(ok(t.stat("n")).device == number);
        ok(t.remove("n"));
      }
    }
  }
  SECTION("usage and sync answer") {
    const auto usage = ok(t.usage());
    CHECK(usage.block_size > 0);
    CHECK(usage.blocks_free <= usage.blocks);
    CHECK(usage.name_max == t.can().name_bytes_max);
    ok(t.sync(""));
    t.make_file("f");
    ok(t.sync("f"));
  }
}

}  // namespace conformance
