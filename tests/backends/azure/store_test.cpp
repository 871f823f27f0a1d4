// What only this store has; tests/conformance/object_store has what all stores do. What the server gets wrong stands in
// tests/support/servers/azurite.py.
#include <array>

#include <randomio/core/runtime/task_scope.hpp>

#include "tests/backends/azure/fixture.hpp"

using namespace azure_test;

namespace {

const precondition none = precondition::none();
const precondition absent = precondition::absent();

}  // namespace

TEST_CASE_METHOD(blob_fixture, "a missing container and a wrong key have errors of their own") {
  auto other = with;
  other.container = "no-such-container";
  CHECK(failure(make_store(other)->list({.prefix = ""})) == errc::no_such_address);
  other = with;
  other.authorised_by.account_key = azure::secret("d3Jvbmc=");
  const auto refused = wait(make_store(other)->head("a"));
  REQUIRE_FALSE(refused);
  CHECK((refused.error() == errc::unauthenticated || refused.error() == errc::permission_denied));
}

TEST_CASE_METHOD(blob_fixture, "of eight that publish at once, one succeeds") {
  struct racer {
    static task<void> run(object::store& in, std::string text, precondition when, int& won, int& lost) {
      const std::span<const std::byte> pieces[] = {bytes_of(text)};
      const object::properties plain;
      const auto up = co_await in.begin_upload("race", plain);
      if (!up) co_return;
      const auto part = co_await in.upload_part(*up, 1, pieces);
      if (!part) co_return;
      const std::array parts{*part};
      const auto made = co_await in.complete(*up, parts, when);
      if (made) {
        ++won;
      } else if (made.error() == errc::already_exists || made.error() == errc::precondition_failed ||
                 made.error() == errc::busy) {
        ++lost;
      } else {
        WARN(made.error().describe());
      }
    }
    static task<void> all(object::store& in, precondition when, int& won, int& lost) {
      task_scope scope;
      for (int i = 0; i < 8; ++i) scope.spawn(run(in, "racer " + std::to_string(i), when, won, lost));
      co_await scope.join();
    }
  };
  auto when = absent;
  for (int round = 0; round < 5; ++round) {
    int won = 0, lost = 0;
    wait(racer::all(*store, when, won, lost));
    CHECK(won == 1);
    CHECK(lost == 7);
    when = precondition::matches(get(store->head("race")).current);
  }
}

TEST_CASE_METHOD(blob_fixture, "properties are replaced in place, of the version that was seen") {
  put("a", "text", {.content = {{"content-type", "text/x-test"}}, .metadata = {{"hdi_isfolder", "true"}}});
  const object::properties of{.content = {{"content-type", "text/y-test"}}, .metadata = {{"other", "value"}}};
  const auto old = get(store->head("a")).current;
  get(store->copy({"a", old}, "a", &of, none));
  const auto held = get(store->head("a")).held;
  CHECK(held.content == of.content);
  CHECK(held.metadata == of.metadata);
  CHECK(content("a") == "text");
  CHECK(failure(store->copy({"a", old}, "a", &of, none)) == errc::precondition_failed);
}

TEST_CASE_METHOD(blob_fixture, "listings carry metadata") {
  const object::properties of{.metadata = {{"hdi_isfolder", "true"}, {"file_mtime", "1595002920000000000ns"}}};
  put("a", "text", of);
  const auto page = get(store->list({.prefix = "a"}));
  REQUIRE(page.found.size() == 1);
  CHECK(page.found[0].metadata == of.metadata);
}
