#include <algorithm>
#include <set>

#include <randomio/core/runtime/task_scope.hpp>

#include "tests/backends/s3/live_store.hpp"

using namespace live;

namespace {

const precondition none = precondition::none();
const precondition absent = precondition::absent();
const version wrong{"\"00000000000000000000000000000000\""};
constexpr std::size_t MiB = std::size_t{1} << 20;

std::string mebibytes(std::size_t count, unsigned seed = 1) {
  return pattern(count * MiB, seed);
}

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
  const auto out = std::as_writable_bytes(std::span(part));
  CHECK(get(store->get("a", 50'000, out)).count == 1000);
  CHECK(part == text.substr(50'000, 1000));
  SECTION("short at the end, nothing beyond it") {
    CHECK(get(store->get("a", 99'500, out)).count == 500);
    CHECK(std::string_view(part).substr(0, 500) == std::string_view(text).substr(99'500));
    const auto beyond = get(store->get("a", 100'000, out));
    CHECK(beyond.count == 0);
    CHECK(beyond.object.size == text.size());
    CHECK(get(store->get("a", ~std::uint64_t{0}, out)).count == 0);
  }
  SECTION("an empty buffer asks for nothing but the description") {
    CHECK(get(store->get("a", 7, {})).object.size == text.size());
  }
}

TEST_CASE_METHOD(fixture, "an empty object is an object") {
  put("empty", "");
  CHECK(get(store->head("empty")).size == 0);
  std::string out(10, 'x');
  CHECK(get(store->get("empty", 0, std::as_writable_bytes(std::span(out)))).count == 0);
}

TEST_CASE_METHOD(fixture, "what is not there is not found") {
  std::string out(10, 'x');
  CHECK(failure(store->head("missing")) == errc::not_found);
  CHECK(failure(store->get("missing", 0, std::as_writable_bytes(std::span(out)))) == errc::not_found);
  CHECK(failure(store->get("missing", 0, std::as_writable_bytes(std::span(out)), wrong)) == errc::not_found);
  CHECK(wait(store->remove("missing", none)));
  const auto told = wait(store->get("missing", 0, std::as_writable_bytes(std::span(out))));
  CHECK(told.error().vendor_code() == 404);
  CHECK(told.error().key() == "missing");
  CHECK_FALSE(told.error().request_id().empty());
}

TEST_CASE_METHOD(fixture, "keys are limited before they travel") {
  CHECK(failure(store->head("")) == errc::not_found);  // The prefix alone is the key of a marker.
  CHECK(failure(store->head(std::string(1025, 'k'))) == errc::name_too_long);
  CHECK(failure(store->head("\xC0\xAF")) == errc::bad_sequence);
  CHECK(failure(store->head("\xED\xA0\x80")) == errc::bad_sequence);
}

TEST_CASE_METHOD(fixture, "reads of another version fail") {
  std::string out(3, 'x');
  const auto bytes = std::as_writable_bytes(std::span(out));
  const auto first = put("a", "one");
  CHECK(get(store->get("a", 0, bytes, first)).count == 3);
  put("a", "two");
  CHECK(failure(store->get("a", 0, bytes, first)) == errc::precondition_failed);
  CHECK(failure(store->get("a", 100, bytes, first)) == errc::precondition_failed);
}

TEST_CASE_METHOD(fixture, "the service honours what it is known to honour") {
  const auto honoured = get(store->honours());
  CHECK(honoured.put);
  CHECK(honoured.complete);
  CHECK(honoured.copy);
  CHECK(honoured.copy_source);
  CHECK(honoured.remove == !is_strict_r2());
  object::list_request all;
  CHECK(get(store->list(all)).found.empty());  // The probe leaves nothing behind.
}

TEST_CASE_METHOD(fixture, "a condition decides whether an object is put") {
  const auto first = try_put("a", "one", {}, absent);
  REQUIRE(first);
  CHECK(try_put("a", "two", {}, absent).error() == errc::already_exists);
  CHECK(try_put("a", "two", {}, precondition::matches(wrong)).error() == errc::precondition_failed);
  CHECK(try_put("missing", "two", {}, precondition::matches(wrong)).error() == errc::precondition_failed);
  CHECK(content("a") == "one");
  REQUIRE(try_put("a", "two", {}, precondition::matches(first->current)));
  CHECK(content("a") == "two");
}

TEST_CASE_METHOD(fixture, "of eight that create one object at once, one succeeds") {
  static_cast<void>(get(store->honours()));
  for (int round = 0; round < 5; ++round) {
    const auto key = "race" + std::to_string(round);
    int winners = 0, losers = 0;
    std::string written;
    struct racer {
      static task<void> run(object::store& in, std::string key, std::string text, int& won, int& lost,
                            std::string& by) {
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
    wait(racer::all(*store, key, winners, losers, written));
    CHECK(winners == 1);
    CHECK(losers == 7);
    CHECK(content(key) == written);
  }
}

TEST_CASE_METHOD(fixture, "properties are kept") {
  object::properties with;
  with.content = {{"content-type", "text/x-test"},       {"cache-control", "max-age=60"},
                  {"content-disposition", "attachment"}, {"content-language", "de"},
                  {"content-encoding", "x-none"},        {"expires", "Wed, 21 Oct 2035 07:28:00 GMT"}};
  // Not here: an empty value, which this server drops.
  with.metadata = {{"plain", "a value"}, {"umlaut", "größe ✓"}, {"spaces", " both "}, {"looks", "=?UTF-8?B?eA==?="}};
  with.metadata["long"] = [] {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "ü€";
    return text;
  }();
  if (!is_strict_r2()) with.tags = object::properties::texts{{"project", "a b+c=d"}, {"key/2", "x@y.z_:"}};
  put("a", "text", with);

  const auto check = [&](std::string_view key) {
    const auto held = get(store->head(key)).held;
    CHECK(held.content == with.content);
    CHECK(held.metadata == with.metadata);
    if (with.tags) {
      CHECK(get(store->tags(key)) == *with.tags);
    } else {
      CHECK(held.tags == object::properties::texts{});
    }
  };
  check("a");
  if (with.tags) {
    const auto about = get(store->get("a", 0, {}));
    CHECK(about.object.tags == with.tags->size());
    CHECK_FALSE(about.object.held.tags);
  }
  SECTION("by an upload in parts") {
    const auto up = get(store->begin_upload("b", with));
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
    with.metadata = {{"other", "value"}};
    with.content = {{"content-type", "text/y-test"}};
    if (with.tags) with.tags->erase("project");
    get(store->copy({.key = "a"}, "d", &with, none));
    check("d");
    SECTION("onto itself") {
      get(store->copy({.key = "a"}, "a", &with, none));
      check("a");
    }
  }
}

TEST_CASE_METHOD(fixture, "properties that cannot be sent are refused") {
  CHECK(try_put("a", "", {.metadata = {{"bad name", "x"}}}).error() == errc::invalid);
  CHECK(try_put("a", "", {.content = {{"content-type", "x\r\nx-amz-acl: public-read"}}}).error() == errc::invalid);
  CHECK(try_put("a", "", {.metadata = {{"big", std::string(9000, 'x')}}}).error() == errc::no_space);
  CHECK(failure(store->head("a")) == errc::not_found);
}

TEST_CASE_METHOD(fixture, "copies obey conditions of their source and their destination") {
  const auto source = put("a", "one");
  const auto there = put("b", "two");
  CHECK(failure(store->copy({"a", wrong}, "b", nullptr, none)) == errc::precondition_failed);
  const object::properties empty;
  CHECK(failure(store->copy({"a", wrong}, "b", &empty, none)) == errc::precondition_failed);
  CHECK(failure(store->copy({"a", source}, "b", nullptr, absent)) == errc::already_exists);
  CHECK(failure(store->copy({"a", wrong}, "new", &empty, absent)) == errc::precondition_failed);
  CHECK(failure(store->copy({"a", source}, "b", nullptr, precondition::matches(wrong))) == errc::precondition_failed);
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
  CHECK(failure(store->remove("a", precondition::matches(wrong))) == errc::precondition_failed);
  CHECK(content("a") == "one");
  CHECK(failure(store->remove("missing", precondition::matches(made))) == errc::precondition_failed);
  get(store->remove("a", precondition::matches(made)));
  CHECK(failure(store->head("a")) == errc::not_found);
}

TEST_CASE_METHOD(fixture, "an upload in parts, uploaded and copied, is what its parts are") {
  const auto base = mebibytes(11, 7);
  const auto source = put("base", base);
  const auto up = get(store->begin_upload("joined", {}));
  const auto first = *range::make(MiB, 6 * MiB);
  CHECK(failure(store->copy_part(up, 1, {"base", wrong}, first)) == errc::precondition_failed);
  CHECK(failure(store->copy_part(up, 1, {.key = "missing"}, first)) == errc::not_found);
  CHECK(failure(store->copy_part(up, 1, {"base", source}, range::empty_at(3))) == errc::invalid);
  std::vector<object::part> parts;
  parts.push_back(get(store->copy_part(up, 1, {"base", source}, first)));
  CHECK(parts[0].size == 5 * MiB);
  const auto second = mebibytes(5, 8);
  upload(up, 3, mebibytes(5, 9));
  parts.push_back(upload(up, 3, second));  // Anew: the last one counts. Numbers may leave gaps.
  parts.push_back(upload(up, 10, "the tail"));
  const auto expected = base.substr(MiB, 5 * MiB) + second + "the tail";

  SECTION("once it is completed") {
    const auto made = get(store->complete(up, parts, absent));
    CHECK(content("joined") == expected);
    CHECK(get(store->head("joined")).current == made.current);
    // Whether completing it again fails is the service's affair; ending it is no error.
    get(store->abort(up));
  }
  SECTION("and survives a condition that failed") {
    const auto there = put("joined", "there");
    CHECK(failure(store->complete(up, parts, absent)) == errc::already_exists);
    CHECK(failure(store->complete(up, parts, precondition::matches(wrong))) == errc::precondition_failed);
    CHECK(content("joined") == "there");
    get(store->complete(up, parts, precondition::matches(there)));
    CHECK(content("joined") == expected);
  }
  SECTION("and can be seen until it is ended") {
    const auto listed = get(store->uploads("join"));
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].key == "joined");
    CHECK(listed[0].id == up.id);
    CHECK(listed[0].started.seconds > 1'700'000'000);
    CHECK(get(store->uploads("other")).empty());
    get(store->abort(up));
    CHECK(get(store->uploads("")).empty());
    get(store->abort(up));
    CHECK(failure(store->head("joined")) == errc::not_found);
  }
  SECTION("and not with a part that was not uploaded") {
    parts[1].tag = "\"00000000000000000000000000000000\"";
    CHECK(failure(store->complete(up, parts, none)) == errc::invalid);
    get(store->abort(up));
  }
}

TEST_CASE_METHOD(fixture, "listings are complete, in pages") {
  constexpr int count = 2500;
  struct writer {
    static task<void> some(object::store& in, int from, int step, int& failed) {
      const object::properties with;
      const auto when = precondition::none();
      for (int i = from; i < count; i += step) {
        char key[16];
        std::snprintf(key, sizeof key, "dir%d/%04d", i % 3, i);
        if (!co_await in.put(key, {}, with, when)) ++failed;
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

  SECTION("of one level") {
    const auto page = get(store->list({.prefix = "", .delimited = true}));
    REQUIRE(page.found.size() == 4);
    CHECK(page.found[0].key == "dir0/");
    CHECK(page.found[0].is_prefix);
    CHECK(page.found[3].key == "top");
    CHECK_FALSE(page.found[3].is_prefix);
    CHECK(page.found[3].size == 1);
    CHECK(page.found[3].current == get(store->head("top")).current);
    CHECK(page.found[3].modified.seconds > 1'700'000'000);
  }
  SECTION("below a prefix, after a key, in small pages") {
    const auto page = get(store->list({.prefix = "dir1/", .start_after = "dir1/1000", .keys_max = 7}));
    REQUIRE(page.found.size() == 7);
    CHECK(page.found[0].key == "dir1/1003");
    CHECK_FALSE(page.continuation.empty());
  }
  SECTION("and all of it can be removed at once") {
    keys.push_back("missing");
    CHECK(get(store->remove_all(keys)).empty());
    CHECK(get(store->list({.prefix = ""})).found.empty());
  }
}

TEST_CASE_METHOD(fixture, "keys are any text") {
  // Not here: backslashes, `//`, `.` and `..`, which this server changes or refuses, though S3 has them.
  const std::vector<std::string> keys{"space and +plus",  "100%25 %2F", "quote\"'<&>",  "ünïcode ✓ 名前", "a", "a/b",
                                      "semi;colon,comma", "q?a=b#c",    "star*(x)!~@$", "tr ailing "};
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
    if (key == "a") continue;  // Beside `a/b`, this server puts no parts together to `a`, and copies none from it.
    const auto up = get(store->begin_upload(key, {}));
    CHECK(get(store->uploads(key)).size() == 1);
    const std::vector parts{get(store->copy_part(up, 1, {.key = key}, *range::make(0, key.size())))};
    get(store->complete(up, parts, none));
    CHECK(content(key) == key);
  }
  CHECK(get(store->remove_all(keys)).empty());
  for (const auto& key : keys) CHECK(failure(store->head(key)) == errc::not_found);
}

TEST_CASE_METHOD(fixture, "a wrong key, a missing bucket and a dead service have errors of their own") {
  auto with = service_options();
  SECTION("missing bucket") {
    with.bucket = "no-such-bucket";
    CHECK(failure(make_store(with)->list({.prefix = ""})) == errc::no_such_address);
  }
  SECTION("stopped") {
    stop_source stop;
    stop.request_stop();
    CHECK(failure(store->head("a", stop.token())) == errc::cancelled);
  }
}
