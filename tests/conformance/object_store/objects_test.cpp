#include <algorithm>

#include "tests/conformance/object_store/service.hpp"

using namespace object_store_suite;

namespace {

const precondition none = precondition::none();

}  // namespace

TEST_CASE_METHOD(fixture, "what is put can be read back, whole and in ranges") {
  const auto text = pattern(100'000);
  const auto made = put("a", text);
  const auto about = get(store->head("a"));
  CHECK(about.size == text.size());
  CHECK(about.current == made);
  CHECK(made.tag.starts_with('"'));
  CHECK(about.modified.seconds > 1'700'000'000);
  CHECK(content("a") == text);

  std::string part(1000, '\0');
  CHECK(get(store->get("a", 50'000, bytes_in(part))).count == 1000);
  CHECK(part == text.substr(50'000, 1000));
  SECTION("short at the end, nothing beyond it") {
    CHECK(get(store->get("a", 99'500, bytes_in(part))).count == 500);
    CHECK(part.substr(0, 500) == text.substr(99'500));
    const auto beyond = get(store->get("a", 100'000, bytes_in(part)));
    CHECK(beyond.count == 0);
    CHECK(beyond.object.size == text.size());
    CHECK(get(store->get("a", ~std::uint64_t{0}, bytes_in(part))).count == 0);
  }
  SECTION("an empty buffer asks for nothing but the description") {
    CHECK(get(store->get("a", 7, {})).object.size == text.size());
  }
}

TEST_CASE_METHOD(fixture, "an empty object is an object") {
  put("empty", "");
  CHECK(get(store->head("empty")).size == 0);
  std::string out(10, 'x');
  CHECK(get(store->get("empty", 0, bytes_in(out))).count == 0);
}

TEST_CASE_METHOD(fixture, "what is not there is not found, and the error says what of whom") {
  std::string out(10, 'x');
  CHECK(failure(store->head("missing")) == errc::not_found);
  CHECK(failure(store->get("missing", 0, bytes_in(out), service_under_test().of_nothing)) == errc::not_found);
  const auto removed = wait(store->remove("missing", none));
  CHECK(removed.has_value() == service_under_test().removes_what_is_not_there);
  if (!removed) CHECK(removed.error() == errc::not_found);
  const auto told = wait(store->get("missing", 0, bytes_in(out)));
  REQUIRE_FALSE(told);
  CHECK(told.error() == errc::not_found);
  CHECK(told.error().vendor_code() == 404);
  CHECK(told.error().key() == "missing");
  CHECK_FALSE(told.error().request_id().empty());
}

TEST_CASE_METHOD(fixture, "what was asked to stop does not start") {
  stop_source stop;
  stop.request_stop();
  CHECK(failure(store->head("a", stop.token())) == errc::cancelled);
}

TEST_CASE_METHOD(fixture, "keys are limited before they travel") {
  CHECK(failure(store->head("")) == errc::not_found);  // The prefix alone is the key of a marker.
  CHECK(failure(store->head(std::string(1025, 'k'))) == errc::name_too_long);
  CHECK(failure(store->head("\xC0\xAF")) == errc::bad_sequence);
  CHECK(failure(store->head("\xED\xA0\x80")) == errc::bad_sequence);
}

TEST_CASE_METHOD(fixture, "keys are any text") {
  const auto& in = service_under_test();
  // Not here: backslashes, `.` and `..`, which some servers change or refuse.
  std::vector<std::string> keys{"space and +plus",  "100%25 %2F", "quote\"'<&>",  "ünïcode ✓ 名前", "a", "a/b",
                                "semi;colon,comma", "q?a=b#c",    "star*(x)!~@$", "tr ailing "};
  if (in.takes_empty_segments) keys.insert(keys.end(), {"a//b", "slash/"});
  for (const auto& key : keys) put(key, key);
  std::vector<std::string> listed;
  for (const auto& one : get(store->list({.prefix = ""})).found) listed.push_back(one.key);
  auto sorted = keys;
  std::ranges::sort(sorted);
  CHECK(listed == sorted);
  for (const auto& key : keys) {
    CAPTURE(key);
    CHECK(content(key) == key);
    get(store->copy({key, get(store->head(key)).current}, "copy of " + key, nullptr, none));
    CHECK(content("copy of " + key) == key);
    if (key == "a" && !in.joins_beside_children) continue;
    const auto up = get(store->begin_upload(key, {}));
    const std::vector parts{get(store->copy_part(up, 1, {.key = key}, *range::make(0, key.size())))};
    CHECK(get(store->uploads(key)).size() == 1);
    get(store->complete(up, parts, none));
    CHECK(content(key) == key);
  }
  CHECK(get(store->remove_all(keys)).empty());
  for (const auto& key : keys) CHECK(failure(store->head(key)) == errc::not_found);
}

TEST_CASE_METHOD(fixture, "properties are kept, whoever publishes") {
  object::properties of;
  of.content = {{"content-type", "text/x-test"},
                {"cache-control", "max-age=60"},
                {"content-disposition", "attachment"},
                {"content-language", "de"},
                {"content-encoding", "x-none"}};
  of.metadata = {{"plain", "a value"}, {"file_mtime", "1595002920000000000ns"}};
  if (service_under_test().keeps_tags) of.tags = object::properties::texts{{"project", "a b+c=d"}, {"key/2", "x.y_:"}};
  put("a", "text", of);

  const auto check = [&](std::string_view key) {
    const auto about = get(store->head(key));
    CHECK(about.held.content == of.content);
    CHECK(about.held.metadata == of.metadata);
    CHECK(get(store->tags(key)) == of.tags.value_or(object::properties::texts{}));
  };
  check("a");
  if (of.tags) {
    const auto about = get(store->get("a", 0, {})).object;
    CHECK(about.tags == of.tags->size());
    CHECK_FALSE(about.held.tags);
  }
  SECTION("by an upload in parts") {
    const auto up = get(store->begin_upload("b", of));
    const std::vector parts{upload(up, 1, "part")};
    get(store->complete(up, parts, none));
    check("b");
  }
  SECTION("by a copy") {
    get(store->copy({.key = "a"}, "c", nullptr, none));
    check("c");
    CHECK(content("c") == "text");
  }
  SECTION("by a copy that is given others") {
    of.metadata = {{"other", "value"}};
    of.content = {{"content-type", "text/y-test"}};
    if (of.tags) of.tags = object::properties::texts{{"only", "one"}};
    get(store->copy({.key = "a"}, "d", &of, none));
    check("d");
    SECTION("onto itself") {
      get(store->copy({"a", get(store->head("a")).current}, "a", &of, none));
      check("a");
      CHECK(content("a") == "text");
    }
  }
}

TEST_CASE_METHOD(fixture, "properties that cannot be sent are refused") {
  CHECK(try_put("a", "", {.metadata = {{"bad name", "x"}}}).error() == errc::invalid);
  CHECK(try_put("a", "", {.content = {{"content-type", "x\r\nx-other: y"}}}).error() == errc::invalid);
  CHECK(failure(store->head("a")) == errc::not_found);
}
