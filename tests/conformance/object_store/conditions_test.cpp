#include <randomio/core/runtime/task_scope.hpp>

#include "tests/conformance/object_store/service.hpp"

using namespace object_store_suite;

namespace {

const precondition none = precondition::none();
const precondition absent = precondition::absent();

/// The store's condition that something has a version that it does not have.
precondition of_another() {
  return precondition::matches(service_under_test().of_nothing);
}

}  // namespace

TEST_CASE_METHOD(fixture, "the service honours what it is known to honour") {
  const auto honoured = get(store->honours());
  CHECK(honoured.put);
  CHECK(honoured.complete);
  CHECK(honoured.copy);
  CHECK(honoured.copy_source);
  CHECK(honoured.remove == service_under_test().removes_conditionally);
  CHECK(get(store->list({.prefix = ""})).found.empty());  // The probe leaves nothing behind.
}

TEST_CASE_METHOD(fixture, "reads of another version fail") {
  std::string out(3, 'x');
  const auto first = put("a", "one");
  CHECK(get(store->get("a", 0, bytes_in(out), first)).count == 3);
  put("a", "two");
  CHECK(failure(store->get("a", 0, bytes_in(out), first)) == errc::precondition_failed);
  CHECK(failure(store->get("a", 100, bytes_in(out), first)) == errc::precondition_failed);
}

TEST_CASE_METHOD(fixture, "a condition decides whether an object is put") {
  const auto first = try_put("a", "one", {}, absent);
  REQUIRE(first);
  CHECK(try_put("a", "two", {}, absent).error() == errc::already_exists);
  CHECK(try_put("a", "two", {}, of_another()).error() == errc::precondition_failed);
  CHECK(try_put("missing", "two", {}, of_another()).error() == errc::precondition_failed);
  CHECK(content("a") == "one");
  REQUIRE(try_put("a", "two", {}, precondition::matches(first->current)));
  CHECK(content("a") == "two");
}

TEST_CASE_METHOD(fixture, "of eight that create one object at once, one succeeds") {
  struct racer {
    static task<void> run(object::store& in, std::string key, std::string text, int& won, int& lost, std::string& by) {
      const std::span<const std::byte> pieces[] = {bytes_of(text)};
      const object::properties with;
      const auto when = precondition::absent();
      const auto made = co_await in.put(key, pieces, with, when);
      if (made) {
        ++won;
        by = text;
      } else if (made.error() == errc::already_exists || made.error() == errc::busy) {
        ++lost;
      } else {
        WARN(made.error().describe());
      }
    }
    static task<void> all(object::store& in, std::string key, int& won, int& lost, std::string& by) {
      task_scope scope;
      for (int i = 0; i < 8; ++i) scope.spawn(run(in, key, "racer " + std::to_string(i), won, lost, by));
      co_await scope.join();
    }
  };
  static_cast<void>(get(store->honours()));
  for (int round = 0; round < 5; ++round) {
    const auto key = "race" + std::to_string(round);
    int winners = 0, losers = 0;
    std::string written;
    wait(racer::all(*store, key, winners, losers, written));
    CHECK(winners == 1);
    CHECK(losers == 7);
    CHECK(content(key) == written);
  }
}

TEST_CASE_METHOD(fixture, "copies obey conditions of their source and their destination") {
  const auto& wrong = service_under_test().of_nothing;
  const auto source = put("a", "one");
  const auto there = put("b", "two");
  CHECK(failure(store->copy({"a", wrong}, "b", nullptr, none)) == errc::precondition_failed);
  const object::properties empty;
  CHECK(failure(store->copy({"a", wrong}, "b", &empty, none)) == errc::precondition_failed);
  CHECK(failure(store->copy({"a", source}, "b", nullptr, absent)) == errc::already_exists);
  CHECK(failure(store->copy({"a", wrong}, "new", &empty, absent)) == errc::precondition_failed);
  CHECK(failure(store->copy({"a", source}, "b", nullptr, of_another())) == errc::precondition_failed);
  CHECK(failure(store->copy({.key = "missing"}, "b", nullptr, none)) == errc::not_found);
  CHECK(content("b") == "two");
  const auto copied = get(store->copy({"a", source}, "b", nullptr, precondition::matches(there)));
  CHECK(content("b") == "one");
  CHECK(get(store->head("b")).current == copied.current);
  get(store->copy({"a", source}, "c", nullptr, absent));
  CHECK(content("c") == "one");
}

TEST_CASE_METHOD(fixture, "deletes obey conditions") {
  const auto made = put("a", "one");
  CHECK(failure(store->remove("a", of_another())) == errc::precondition_failed);
  CHECK(content("a") == "one");
  CHECK(failure(store->remove("missing", precondition::matches(made))) == errc::precondition_failed);
  get(store->remove("a", precondition::matches(made)));
  CHECK(failure(store->head("a")) == errc::not_found);
}
