#include "tests/conformance/object_store/service.hpp"

using namespace object_store_suite;

namespace {

const precondition none = precondition::none();
const precondition absent = precondition::absent();

}  // namespace

TEST_CASE_METHOD(fixture, "an upload in parts, uploaded and copied, is what its parts are") {
  const auto& wrong = service_under_test().of_nothing;
  const auto base = pattern(11 * MiB, 7);
  const auto source = put("base", base);
  const auto up = get(store->begin_upload("joined", {}));
  const auto first = *range::make(MiB, 6 * MiB);
  CHECK(failure(store->copy_part(up, 1, {"base", wrong}, first)) == errc::precondition_failed);
  CHECK(failure(store->copy_part(up, 1, {.key = "missing"}, first)) == errc::not_found);
  CHECK(failure(store->copy_part(up, 1, {"base", source}, range::empty_at(3))) == errc::invalid);
  std::vector<object::part> parts;
  parts.push_back(get(store->copy_part(up, 1, {"base", source}, first)));
  CHECK(parts[0].size == 5 * MiB);
  const auto second = pattern(5 * MiB, 8);
  upload(up, 3, pattern(5 * MiB, 9));
  parts.push_back(upload(up, 3, second));  // Anew: the last one counts. Numbers may leave gaps.
  parts.push_back(upload(up, 10, "the tail"));
  const auto expected = base.substr(MiB, 5 * MiB) + second + "the tail";

  SECTION("once it is completed") {
    const auto made = get(store->complete(up, parts, absent));
    CHECK(content("joined") == expected);
    CHECK(get(store->head("joined")).current == made.current);
    CHECK(get(store->uploads("joined")).empty());
    // Whether completing it again fails is the service's affair; ending it is no error.
    get(store->abort(up));
    CHECK(content("joined") == expected);
  }
  SECTION("and survives a condition that failed") {
    CHECK(failure(store->complete(up, parts, precondition::matches(wrong))) == errc::precondition_failed);
    CHECK(failure(store->head("joined")) == errc::not_found);
    get(store->complete(up, parts, absent));
    CHECK(content("joined") == expected);
  }
  SECTION("and can be seen until then") {
    const auto listed = get(store->uploads("join"));
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].key == "joined");
    CHECK(listed[0].id == up.id);
    CHECK(listed[0].started.seconds > 1'700'000'000);
    CHECK(get(store->uploads("other")).empty());
    CHECK(failure(store->head("joined")) == errc::not_found);
  }
  SECTION("and not with a part that was not uploaded") {
    parts[1].tag = service_under_test().unknown_part;
    CHECK(failure(store->complete(up, parts, none)) == service_under_test().on_unknown_part);
  }
}
