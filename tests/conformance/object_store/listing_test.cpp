#include <algorithm>
#include <cstdio>
#include <set>

#include <randomio/core/runtime/task_scope.hpp>

#include "tests/conformance/object_store/service.hpp"

using namespace object_store_suite;

TEST_CASE_METHOD(fixture, "listings are complete, in pages") {
  constexpr int count = 2500;
  struct writer {
    static task<void> some(object::store& in, int from, int step, int& failed) {
      const object::properties plain;
      const auto when = precondition::none();
      for (int i = from; i < count; i += step) {
        char key[16];
        std::snprintf(key, sizeof key, "dir%d/%04d", i % 3, i);
        if (!co_await in.put(key, {}, plain, when)) ++failed;
      }
    }
    static task<void> all(object::store& in, int& failed) {
      task_scope scope;
      for (int i = 0; i < 16; ++i) scope.spawn(some(in, i, 16, failed));
      co_await scope.join();
    }
  };
  int failed = 0;
  wait(writer::all(*store, failed));
  REQUIRE(failed == 0);
  put("top", "x");

  std::vector<std::string> keys;
  object::list_request which;
  int pages = 0;
  do {
    const auto page = get(store->list(which));
    for (const auto& one : page.found) keys.push_back(one.key);
    which.continuation = page.continuation;
    ++pages;
  } while (!which.continuation.empty());
  CHECK(keys.size() == count + 1);
  CHECK(std::ranges::is_sorted(keys));
  CHECK(std::set(keys.begin(), keys.end()).size() == keys.size());
  CHECK(pages == 3);

  const auto level = get(store->list({.prefix = "", .delimited = true}));
  REQUIRE(level.found.size() == 4);
  CHECK(level.found[0].key == "dir0/");
  CHECK(level.found[0].is_prefix);
  CHECK(level.found[3].key == "top");
  CHECK_FALSE(level.found[3].is_prefix);
  CHECK(level.found[3].size == 1);
  CHECK(level.found[3].current == get(store->head("top")).current);
  CHECK(level.found[3].modified.seconds > 1'700'000'000);

  const auto after = get(store->list({.prefix = "dir1/", .start_after = "dir1/1000"}));
  REQUIRE_FALSE(after.found.empty());
  CHECK(after.found.front().key == "dir1/1003");
  const auto few = get(store->list({.prefix = "dir1/", .keys_max = 7}));
  CHECK(few.found.size() == 7);
  CHECK_FALSE(few.continuation.empty());

  keys.push_back("missing");
  CHECK(get(store->remove_all(keys)).empty());
  CHECK(get(store->list({.prefix = ""})).found.empty());
}
