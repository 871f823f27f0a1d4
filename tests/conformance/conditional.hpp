#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "tests/conformance/fixture.hpp"

namespace conformance {

/// conditional_store: whole values, compared and swapped.
template <class Fixture, conditional_store S>
void check_conditional_store(Fixture& fixture, S& store) {
  const auto get = [&](std::string_view key) {
    return await(fixture, [&]() -> decltype(auto) { return store.get(key); });
  };
  const auto put = [&](std::string_view key, std::string_view content, const precondition& when) {
    return await(fixture, [&]() -> decltype(auto) { return store.put(key, bytes_of(content), when); });
  };
  const auto remove_if = [&](std::string_view key, const precondition& when) {
    return await(fixture, [&]() -> decltype(auto) { return store.remove_if(key, when); });
  };
  const auto text = [&](std::string_view key) { return text_of(ok(get(key)).content); };

  SECTION("a value comes back with its version") {
    CHECK(failure(get("head")) == is(errc::not_found));
    const auto v = ok(put("head", "one", precondition::none()));
    const auto got = ok(get("head"));
    CHECK(text_of(got.content) == "one");
    CHECK((got.current == v));
    const auto w = ok(put("head", "two", precondition::none()));
    CHECK_FALSE((w == v));
    CHECK(text("head") == "two");
    ok(put("empty", "", precondition::none()));
    CHECK(text("empty").empty());
  }
  SECTION("absent creates once") {
    ok(put("k", "first", precondition::absent()));
    CHECK(failure(put("k", "second", precondition::absent())) == is(errc::already_exists));
    CHECK(text("k") == "first");
    ok(remove_if("k", precondition::none()));
    ok(put("k", "third", precondition::absent()));
    CHECK(text("k") == "third");
  }
  SECTION("matches replaces only what was seen") {
    const auto v = ok(put("k", "1", precondition::none()));
    const auto w = ok(put("k", "2", precondition::matches(v)));
    CHECK(failure(put("k", "lost", precondition::matches(v))) == is(errc::precondition_failed));
    CHECK(text("k") == "2");
    ok(put("k", "3", precondition::matches(w)));
    CHECK(failure(put("gone", "x", precondition::matches(w))) == is(errc::precondition_failed));
    CHECK(failure(get("gone")) == is(errc::not_found));
  }
  SECTION("a version does not return") {
    const auto v = ok(put("k", "same", precondition::none()));
    ok(remove_if("k", precondition::none()));
    ok(put("k", "other", precondition::none()));
    CHECK(failure(put("k", "x", precondition::matches(v))) == is(errc::precondition_failed));
  }
  SECTION("remove_if minds its condition") {
    const auto v = ok(put("k", "1", precondition::none()));
    const auto w = ok(put("k", "2", precondition::none()));
    CHECK(failure(remove_if("k", precondition::matches(v))) == is(errc::precondition_failed));
    CHECK(text("k") == "2");
    ok(remove_if("k", precondition::matches(w)));
    CHECK(failure(remove_if("k", precondition::none())) == is(errc::not_found));
    CHECK(failure(remove_if("k", precondition::matches(w))) == is(errc::precondition_failed));
  }
  SECTION("keys have segments, made as needed") {
    ok(put("a/b/c", "deep", precondition::absent()));
    CHECK(text("a/b/c") == "deep");
    CHECK(failure(get("a/b/d")) == is(errc::not_found));
    CHECK(failure(get("x/y")) == is(errc::not_found));
    ok(put("a/b/d", "beside", precondition::absent()));
    CHECK(text("a/b/c") == "deep");
  }
  SECTION("of concurrent puts under one condition exactly one succeeds") {
    auto last = ok(put("k", "start", precondition::none()));
    for (int round = 0; round < 20; ++round) {
      int won = 0;
      version next;
      for (int i = 0; i < 4; ++i) {
        // Equal bytes may be an equal version, so each has its own.
        auto v = put("k", std::to_string(round * 4 + i), precondition::matches(last));
        if (!v) {
          CHECK(failure(v) == is(errc::precondition_failed));
          continue;
        }
        ++won;
        next = *v;
      }
      CHECK(won == 1);
      last = next;
    }
  }
}

}  // namespace conformance
