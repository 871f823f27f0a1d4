// What only S3 and those who speak its protocol have; tests/conformance/object_store has what all stores do.
#include "tests/backends/s3/live_store.hpp"

using namespace live;

namespace {

const precondition none = precondition::none();
const precondition absent = precondition::absent();

}  // namespace

TEST_CASE_METHOD(fixture, "metadata is any text, and objects expire") {
  object::properties with;
  with.content = {{"content-type", "text/x-test"}, {"expires", "Wed, 21 Oct 2035 07:28:00 GMT"}};
  // Not here: an empty value, which this server drops.
  with.metadata = {{"umlaut", "größe ✓"}, {"spaces", " both "}, {"looks", "=?UTF-8?B?eA==?="}};
  with.metadata["long"] = [] {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "ü€";
    return text;
  }();
  const auto check = [&](std::string_view key) {
    const auto held = get(store->head(key)).held;
    CHECK(held.content == with.content);
    CHECK(held.metadata == with.metadata);
    CHECK(held.tags == object::properties::texts{});
  };
  put("a", "text", with);
  check("a");
  const auto up = get(store->begin_upload("b", with));
  const std::vector parts{upload(up, 1, "part")};
  get(store->complete(up, parts, none));
  check("b");
  get(store->copy({.key = "a"}, "c", nullptr, none));
  check("c");
  get(store->copy({.key = "a"}, "d", &with, none));
  check("d");
}

TEST_CASE_METHOD(fixture, "metadata beyond the service's limit is refused") {
  CHECK(try_put("a", "", {.metadata = {{"big", std::string(9000, 'x')}}}).error() == errc::no_space);
  CHECK(failure(store->head("a")) == errc::not_found);
}

TEST_CASE_METHOD(fixture, "an upload outlives another publication of its key") {
  const auto up = get(store->begin_upload("joined", {}));
  const std::vector parts{upload(up, 1, "the upload's")};
  const auto there = put("joined", "there");
  CHECK(failure(store->complete(up, parts, absent)) == errc::already_exists);
  CHECK(failure(store->complete(up, parts, precondition::matches(service_under_test().of_nothing))) ==
        errc::precondition_failed);
  CHECK(content("joined") == "there");
  get(store->complete(up, parts, precondition::matches(there)));
  CHECK(content("joined") == "the upload's");
}

TEST_CASE_METHOD(fixture, "an upload that is ended is gone") {
  const auto up = get(store->begin_upload("joined", {}));
  upload(up, 1, "part");
  REQUIRE(get(store->uploads("")).size() == 1);
  get(store->abort(up));
  CHECK(get(store->uploads("")).empty());
  get(store->abort(up));
  CHECK(failure(store->head("joined")) == errc::not_found);
}

TEST_CASE_METHOD(fixture, "a listing goes on after a key, in small pages") {
  for (int i = 0; i < 9; ++i) put("dir/" + std::to_string(i), "x");
  const auto page = get(store->list({.prefix = "dir/", .start_after = "dir/3", .keys_max = 4}));
  REQUIRE(page.found.size() == 4);
  CHECK(page.found[0].key == "dir/4");
  REQUIRE_FALSE(page.continuation.empty());
  const auto rest = get(store->list({.prefix = "dir/", .continuation = page.continuation, .keys_max = 4}));
  REQUIRE(rest.found.size() == 1);
  CHECK(rest.found[0].key == "dir/8");
}

TEST_CASE_METHOD(fixture, "a missing bucket has an error of its own") {
  auto with = service_options();
  with.bucket = "no-such-bucket";
  CHECK(failure(make_store(with)->list({.prefix = ""})) == errc::no_such_address);
}
