#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "tests/conformance/fixture.hpp"

namespace conformance {

/// Directory listings.
template <class Fixture>
void check_listing(Fixture& fixture) {
  tree t(fixture);
  const auto sorted = [](std::vector<std::string> all) {
    std::ranges::sort(all);
    return all;
  };
  using names = std::vector<std::string>;

  SECTION("an empty directory has no entries") {
    CHECK(t.names("").empty());
    ok(t.create_dir("d"));
    CHECK(t.names("d").empty());
  }
  SECTION("each name once, with its type and number, whatever the page size") {
    names all;
    for (int i = 0; i < 25; ++i) {
      all.push_back("file" + std::to_string(i));
      t.make_file(all.back());
    }
    ok(t.create_dir("dir"));
    all.emplace_back("dir");
    if (t.can().symlinks) {
      ok(t.symlink("link", "file0"));
      all.emplace_back("link");
    }
    for (const std::size_t limit : {1UL, 2UL, 7UL, 26UL, 1000UL}) CHECK(sorted(t.names("", {}, limit)) == sorted(all));
    auto l = ok(t.list(""));
    for (const auto& one : ok(t.page(l, 0, 1000))) {
      const auto attrs = ok(t.stat(one.name));
      CHECK(one.ino == attrs.ino);
      CHECK(one.type == attrs.type);
      if (one.attrs) CHECK(one.attrs->ino == attrs.ino);
    }
  }
  SECTION("reading goes on from any entry, also again") {
    for (int i = 0; i < 10; ++i) t.make_file("f" + std::to_string(i));
    auto l = ok(t.list(""));
    const auto all = ok(t.page(l, 0, 100));
    REQUIRE(all.size() == 10);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto rest = ok(t.page(l, all[i].next, 100));
      REQUIRE(rest.size() == all.size() - i - 1);
      for (std::size_t k = 0; k < rest.size(); ++k) CHECK(rest[k].name == all[i + 1 + k].name);
    }
    CHECK(ok(t.page(l, all[4].next, 1)).front().name == all[5].name);
    CHECK(ok(t.page(l, 0, 1)).front().name == all[0].name);
  }
  SECTION("what stays is listed exactly once, whatever comes and goes") {
    std::set<std::string> stays;
    for (int i = 0; i < 60; ++i) {
      t.make_file("n" + std::to_string(i));
      if (i % 3 == 0) stays.insert("n" + std::to_string(i));
    }
    auto l = ok(t.list(""));
    std::map<std::string, int> seen;
    std::uint64_t position = 0;
    for (int round = 0;; ++round) {
      const auto some = ok(t.page(l, position, 5));
      if (some.empty()) break;
      for (const auto& one : some) ++seen[one.name];
      position = some.back().next;
      // Some that were listed go, some that were not, and new ones come, a bounded number of times.
      for (int i = round; i < 60 && round < 20; i += 9) {
        if (i % 3 != 0) (void)t.remove("n" + std::to_string(i));
      }
      if (round < 10) t.make_file("new" + std::to_string(round));
    }
    for (const auto& name : stays) CHECK(seen[name] == 1);
    for (const auto& [name, times] : seen) CHECK(times == 1);
  }
  SECTION("removing all while listing leaves an empty directory") {
    for (int i = 0; i < 40; ++i) t.make_file("x" + std::to_string(i));
    auto l = ok(t.list(""));
    for (std::uint64_t position = 0;;) {
      const auto some = ok(t.page(l, position, 7));
      if (some.empty()) break;
      for (const auto& one : some) ok(t.remove(one.name));
      position = some.back().next;
    }
    CHECK(t.names("").empty());
  }
  SECTION("files have no listing") {
    t.make_file("f");
    CHECK(failure(t.list("f")) == is(errc::not_directory));
    CHECK(failure(t.list("missing")) == is(errc::not_found));
  }
  SECTION("recursive lists everything below in byte order") {
    for (const auto* d : {"a", "a/b", "a.b", "z"}) ok(t.create_dir(d));
    for (const auto* f : {"a/b/deep", "a/x", "a.b/y", "a.txt", "b"}) t.make_file(f);
    const names all{"a", "a.b", "a.b/y", "a.txt", "a/b", "a/b/deep", "a/x", "b", "z"};
    const list_options whole{.recursive = true, .start_after = {}};
    CHECK(t.names("", whole, 2) == all);
    CHECK(t.names("", whole, 100) == all);
    CHECK(t.names("a", whole) == names{"b", "b/deep", "x"});
    CHECK(t.names("", {.recursive = true, .start_after = "a.txt"}) == names(all.begin() + 4, all.end()));
    CHECK(t.names("", {.recursive = true, .start_after = "a.b/"}) == names(all.begin() + 2, all.end()));
    CHECK(t.names("", {.recursive = true, .start_after = "zz"}).empty());
  }
}

}  // namespace conformance
