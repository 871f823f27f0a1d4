// The store on a real server. What that server gets wrong stands in tests/support/servers/azurite.py.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <set>

#include <randomio/backends/azure/credentials/static_provider.hpp>
#include <randomio/backends/azure/requests/leases.hpp>
#include <randomio/backends/azure/sas.hpp>
#include <randomio/core/runtime/task_scope.hpp>

#include "tests/backends/azure/fixture.hpp"

using namespace azure_test;

namespace {

const precondition none = precondition::none();
const precondition absent = precondition::absent();
const version wrong{"\"0x8000000000000\""};

auto bytes_in(std::string& text) {
  return std::as_writable_bytes(std::span(text));
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
  CHECK(get(store->get("a", 50'000, bytes_in(part))).count == 1000);
  CHECK(part == text.substr(50'000, 1000));
  CHECK(get(store->get("a", 99'500, bytes_in(part))).count == 500);
  CHECK(part.substr(0, 500) == text.substr(99'500));
  const auto beyond = get(store->get("a", 100'000, bytes_in(part)));
  CHECK(beyond.count == 0);
  CHECK(beyond.object.size == text.size());
  CHECK(get(store->get("a", ~std::uint64_t{0}, bytes_in(part))).count == 0);
  CHECK(get(store->get("a", 7, {})).object.size == text.size());
  put("empty", "");
  CHECK(get(store->head("empty")).size == 0);
  CHECK(get(store->get("empty", 0, bytes_in(part))).count == 0);
}

TEST_CASE_METHOD(fixture, "failures have codes, keys, statuses and request ids") {
  std::string out(10, 'x');
  CHECK(failure(store->head("missing")) == errc::not_found);
  CHECK(failure(store->get("missing", 0, bytes_in(out), wrong)) == errc::not_found);
  CHECK(failure(store->remove("missing", none)) == errc::not_found);
  CHECK(failure(store->head(std::string(1025, 'k'))) == errc::name_too_long);
  CHECK(failure(store->head("\xC0\xAF")) == errc::bad_sequence);
  const auto told = wait(store->get("missing", 0, bytes_in(out)));
  CHECK(told.error().vendor_code() == 404);
  CHECK(told.error().key() == "missing");
  CHECK_FALSE(told.error().request_id().empty());
  const auto first = put("a", "one");
  CHECK(get(store->get("a", 0, bytes_in(out), first)).count == 3);
  put("a", "two");
  CHECK(failure(store->get("a", 0, bytes_in(out), first)) == errc::precondition_failed);
  auto other = with;
  other.container = "no-such-container";
  CHECK(failure(make_store(other)->list({.prefix = ""})) == errc::no_such_address);
  other = with;
  other.authorised_by.account_key = azure::secret("d3Jvbmc=");
  const auto refused = wait(make_store(other)->head("a"));
  REQUIRE_FALSE(refused);
  CHECK((refused.error() == errc::unauthenticated || refused.error() == errc::permission_denied));
  stop_source stop;
  stop.request_stop();
  CHECK(failure(store->head("a", stop.token())) == errc::cancelled);
}

TEST_CASE_METHOD(fixture, "the server honours all conditions, and the probe leaves nothing") {
  const auto honoured = get(store->honours());
  CHECK((honoured.put && honoured.complete && honoured.copy && honoured.copy_source && honoured.remove));
  CHECK(get(store->list({.prefix = ""})).found.empty());
}

TEST_CASE_METHOD(fixture, "conditions decide over puts, copies and deletes") {
  const auto first = try_put("a", "one", {}, absent);
  REQUIRE(first);
  CHECK(try_put("a", "two", {}, absent).error() == errc::already_exists);
  CHECK(try_put("a", "two", {}, precondition::matches(wrong)).error() == errc::precondition_failed);
  CHECK(try_put("missing", "two", {}, precondition::matches(wrong)).error() == errc::precondition_failed);
  CHECK(content("a") == "one");
  const auto source = try_put("a", "two", {}, precondition::matches(first->current));
  REQUIRE(source);
  const auto there = put("b", "there");
  CHECK(failure(store->copy({"a", wrong}, "b", nullptr, none)) == errc::precondition_failed);
  CHECK(failure(store->copy({"a", source->current}, "b", nullptr, absent)) == errc::already_exists);
  CHECK(failure(store->copy({"a", source->current}, "b", nullptr, precondition::matches(wrong))) ==
        errc::precondition_failed);
  CHECK(failure(store->copy({.key = "missing"}, "b", nullptr, none)) == errc::not_found);
  CHECK(content("b") == "there");
  const auto copied = get(store->copy({"a", source->current}, "b", nullptr, precondition::matches(there)));
  CHECK(content("b") == "two");
  CHECK(get(store->head("b")).current == copied.current);
  CHECK(failure(store->remove("a", precondition::matches(wrong))) == errc::precondition_failed);
  CHECK(failure(store->remove("missing", precondition::matches(wrong))) == errc::precondition_failed);
  get(store->remove("a", precondition::matches(source->current)));
  CHECK(failure(store->head("a")) == errc::not_found);
}

TEST_CASE_METHOD(fixture, "of eight that publish at once, one succeeds") {
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

TEST_CASE_METHOD(fixture, "properties are kept, whoever publishes") {
  object::properties of;
  of.content = {{"content-type", "text/x-test"},
                {"cache-control", "max-age=60"},
                {"content-disposition", "attachment"},
                {"content-language", "de"},
                {"content-encoding", "x-none"}};
  of.metadata = {{"hdi_isfolder", "true"}, {"file_mtime", "1595002920000000000ns"}};
  of.tags = object::properties::texts{{"project", "a b+c=d"}, {"key/2", "x.y_:"}};
  put("a", "text", of);
  const auto check = [&](std::string_view key) {
    const auto about = get(store->head(key));
    CHECK(about.held.content == of.content);
    CHECK(about.held.metadata == of.metadata);
    CHECK(get(store->tags(key)) == *of.tags);
    CHECK(about.tags == of.tags->size());
    CHECK_FALSE(about.held.tags);
  };
  check("a");
  SECTION("an upload") {
    const auto up = get(store->begin_upload("b", of));
    const std::vector parts{upload(up, 1, "part")};
    get(store->complete(up, parts, none));
    check("b");
  }
  SECTION("a copy that is given others") {
    of.metadata = {{"other", "value"}};
    of.content = {{"content-type", "text/y-test"}};
    of.tags = object::properties::texts{{"only", "one"}};
    get(store->copy({.key = "a"}, "d", &of, none));
    check("d");
  }
  SECTION("in place") {
    of.metadata = {{"other", "value"}};
    of.content = {{"content-type", "text/y-test"}};
    const auto old = get(store->head("a")).current;
    get(store->copy({"a", old}, "a", &of, none));
    check("a");
    CHECK(content("a") == "text");
    CHECK(failure(store->copy({"a", old}, "a", &of, none)) == errc::precondition_failed);
  }
  SECTION("what cannot be sent is refused") {
    CHECK(try_put("e", "", {.metadata = {{"bad name", "x"}}}).error() == errc::invalid);
    CHECK(try_put("e", "", {.content = {{"content-type", "x\r\nx-ms-meta-y: z"}}}).error() == errc::invalid);
  }
  SECTION("in listings") {
    const auto page = get(store->list({.prefix = "a"}));
    REQUIRE(page.found.size() == 1);
    CHECK(page.found[0].metadata == of.metadata);
  }
}

TEST_CASE_METHOD(fixture, "an upload, uploaded and copied, is what its parts are") {
  const auto base = pattern(20 << 20, 7);
  const auto source = put("base", base);
  const auto up = get(store->begin_upload("joined", {}));
  const auto first = *range::make(1 << 20, 18 << 20);
  CHECK(failure(store->copy_part(up, 1, {"base", wrong}, first)) == errc::precondition_failed);
  CHECK(failure(store->copy_part(up, 1, {.key = "missing"}, first)) == errc::not_found);
  CHECK(failure(store->copy_part(up, 1, {"base", source}, range::empty_at(3))) == errc::invalid);
  std::vector<object::part> parts;
  parts.push_back(get(store->copy_part(up, 1, {"base", source}, first)));
  CHECK(parts[0].size == first.len());
  upload(up, 3, "not this");
  parts.push_back(upload(up, 3, "but this"));
  parts.push_back(upload(up, 10, "the tail"));
  const auto expected = base.substr(1 << 20, 17 << 20) + "but thisthe tail";
  const auto listed = get(store->uploads("join"));
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].key == "joined");
  CHECK(listed[0].id == up.id);
  CHECK(get(store->uploads("other")).empty());
  SECTION("completed") {
    const auto made = get(store->complete(up, parts, absent));
    CHECK(content("joined") == expected);
    CHECK(get(store->head("joined")).current == made.current);
    CHECK(failure(store->complete(up, parts, none)) == errc::not_found);
    CHECK(get(store->uploads("joined")).empty());
  }
  SECTION("a block that is not there") {
    parts[1].tag = "bm90aGluZyBvZiBtaW5lIQ==";
    CHECK(failure(store->complete(up, parts, none)) == errc::busy);
  }
  SECTION("discarded by another publication") {
    const auto other = get(store->begin_upload("joined", {}));
    const std::vector theirs{upload(other, 1, "theirs")};
    get(store->complete(other, theirs, none));
    CHECK(failure(store->complete(up, parts, none)) == errc::busy);
    CHECK(content("joined") == "theirs");
  }
  SECTION("kept by a condition that failed") {
    const auto other = get(store->begin_upload("joined", {}));
    CHECK(other.id != up.id);
    CHECK(failure(store->complete(up, parts, precondition::matches(wrong))) == errc::precondition_failed);
    get(store->complete(up, parts, absent));
    CHECK(content("joined") == expected);
  }
}

TEST_CASE_METHOD(fixture, "blocks of the object are published again, beside new ones, without a copy") {
  const auto up = get(store->begin_upload("log", {}));
  std::vector parts{upload(up, 1, "one "), upload(up, 2, "two ")};
  auto now = get(store->complete(up, parts, absent)).current;
  for (int i = 0; i < 3; ++i) {
    auto all = get(store->published_parts("log", now));
    CHECK(all.size() == 2U + static_cast<unsigned>(i));
    CHECK(all.front().size == 4);
    const auto more = get(store->begin_upload("log", {}));
    // An upload to a blob that has content is found by its own key.
    all.push_back(upload(more, 1, "more "));
    REQUIRE(get(store->uploads("log")).size() == 1);
    now = get(store->complete(more, all, precondition::matches(now))).current;
  }
  CHECK(content("log") == "one two more more more ");
  CHECK(failure(store->published_parts("log", wrong)) == errc::precondition_failed);
  put("whole", "text");
  CHECK(get(store->published_parts("whole", {})).empty());
  SECTION("and a renamed blob keeps its blocks") {
    const auto moved = get(store->copy({"log", now}, "log2", nullptr, absent)).current;
    CHECK(get(store->published_parts("log2", moved)).size() == 5);
  }
}

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
  CHECK(level.found[3].size == 1);
  CHECK(level.found[3].current == get(store->head("top")).current);
  CHECK(level.found[3].modified.seconds > 1'700'000'000);
  const auto after = get(store->list({.prefix = "dir1/", .start_after = "dir1/1000"}));
  CHECK(after.found.front().key == "dir1/1003");
  CHECK(get(store->list({.prefix = "dir1/", .keys_max = 7})).found.size() == 7);

  keys.push_back("missing");
  CHECK(get(store->remove_all(keys)).empty());
  CHECK(get(store->list({.prefix = ""})).found.empty());
}

TEST_CASE_METHOD(fixture, "keys are any text") {
  std::vector<std::string> keys{"space and +plus",  "100%25 %2F", "quote\"'<&>",  "ünïcode ✓ 名前", "a",    "a/b",
                                "semi;colon,comma", "q?a=b#c",    "star*(x)!~@$", "tr ailing ",     "a//b", "slash/"};
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
    const auto up = get(store->begin_upload(key, {}));
    const std::vector parts{get(store->copy_part(up, 1, {.key = key}, *range::make(0, key.size())))};
    get(store->complete(up, parts, none));
    CHECK(content(key) == key);
  }
  CHECK(get(store->remove_all(keys)).empty());
  for (const auto& key : keys) CHECK(failure(store->head(key)) == errc::not_found);
}

TEST_CASE_METHOD(fixture, "append blobs append at their end, and are not rewritten") {
  const auto& at = store->requests();
  const auto blob = *store->blob("log");
  const object::properties plain;
  get(azure::put_append_blob(at, blob, plain, {.when = absent}));
  const std::array<std::span<const std::byte>, 1> line{bytes_of(std::string_view("line\n"))};
  CHECK(get(azure::append_block(at, blob, line, azure::anywhere, {.when = none})).offset == 0);
  CHECK(content("log") == "line\n");
  CHECK(get(azure::append_block(at, blob, line, 5, {.when = none})).offset == 5);
  CHECK(failure(azure::append_block(at, blob, line, 5, {.when = none})) == errc::precondition_failed);
  CHECK(content("log") == "line\nline\n");
  const auto held = get(store->head("log")).held;
  CHECK(held.service.at("x-ms-blob-type") == "AppendBlob");
  CHECK(try_put("log", "x", held).error() == errc::unsupported);
  CHECK(failure(store->begin_upload("log", held)) == errc::unsupported);
}

TEST_CASE_METHOD(fixture, "a lease keeps others from writing") {
  const auto& at = store->requests();
  put("leased", "one");
  const auto blob = *store->blob("leased");
  const auto id = get(azure::acquire_lease(at, blob, std::chrono::seconds(15)));
  CHECK(id.size() == 36);
  CHECK(failure(azure::acquire_lease(at, blob, std::chrono::seconds(15))) == errc::busy);
  CHECK(try_put("leased", "two").error() == errc::busy);
  const std::array<std::span<const std::byte>, 1> text{bytes_of(std::string_view("three"))};
  get(azure::put_blob(at, blob, text, {}, {.when = none, .lease_id = id}));
  get(azure::renew_lease(at, blob, id));
  const auto other = get(azure::change_lease(at, blob, id, "1f812371-a41d-49e6-b123-f4b542e851c5"));
  CHECK(failure(azure::renew_lease(at, blob, id)) == errc::busy);
  get(azure::release_lease(at, blob, other));
  put("leased", "four");
  static_cast<void>(get(azure::acquire_lease(at, blob, std::nullopt)));
  CHECK(get(azure::break_lease(at, blob, std::chrono::seconds(0))).count() == 0);
  put("leased", "five");
}

TEST_CASE_METHOD(fixture, "copies in one request, for small blobs") {
  const auto made = put("a", "text");
  const auto& at = store->requests();
  const azure::copy_source from{.url = at.where().blob_url(store->blob("a")->full), .expected = made};
  get(azure::copy_blob_from_url(at, *store->blob("b"), from, nullptr, {.when = absent}));
  CHECK(content("b") == "text");
}

TEST_CASE_METHOD(fixture, "a shared access signature that we mint is as good as the key for its blob") {
  put("shared", "text");
  const auto& of = store->requests().where().with();
  const auto key = azure::from_account_key(of.account, of.authorised_by.account_key);
  REQUIRE(key);
  const auto full = store->blob("shared")->full;
  auto limited = with;
  limited.authorised_by = {};
  limited.authorised_by.sas = azure::secret(azure::mint_sas(
      *key,
      {.container = of.container, .blob = full, .expires = {.seconds = ::time(nullptr) + 600}, .https_only = false}));
  const auto reader = make_store(limited);
  std::string out(4, '\0');
  CHECK(get(reader->get("shared", 0, bytes_in(out))).count == 4);
  CHECK(out == "text");
  CHECK(failure(reader->remove("shared", none)) == errc::permission_denied);
  CHECK(failure(reader->head("another")) != errc::not_found);
  SECTION("and no longer, once it has expired") {
    limited.authorised_by.sas = azure::secret(azure::mint_sas(
        *key,
        {.container = of.container, .blob = full, .expires = {.seconds = ::time(nullptr) - 600}, .https_only = false}));
    const auto late = wait(make_store(limited)->head("shared"));
    REQUIRE_FALSE(late);
    CHECK_FALSE(late.error().describe().contains("sig="));
  }
}

TEST_CASE_METHOD(fixture, "an independent client reads what we wrote, and we read what it wrote") {
  object::properties of;
  of.content = {{"content-type", "text/x-ours"}};
  of.metadata = {{"hdi_isfolder", "true"}};
  put("ours/whole ü", "put whole", of);
  const auto up = get(store->begin_upload("ours/blocks", of));
  const std::vector parts{upload(up, 1, "block one, "), upload(up, 2, "block two")};
  get(store->complete(up, parts, none));

  const std::string program = R"(
import os
from azure.storage.blob import ContainerClient, ContentSettings, BlobBlock
at = ContainerClient(os.environ["AZURE_STORAGE_ENDPOINT"], os.environ["AZURE_TEST_CONTAINER"],
                     credential=os.environ["AZURE_STORAGE_ACCOUNT_KEY"])
p = os.environ["TEST_PREFIX"]
whole = at.get_blob_client(p + "ours/whole ü").download_blob()
assert whole.readall() == b"put whole"
assert whole.properties.metadata == {"hdi_isfolder": "true"}, whole.properties.metadata
assert whole.properties.content_settings.content_type == "text/x-ours"
blocks = at.get_blob_client(p + "ours/blocks")
assert blocks.download_blob().readall() == b"block one, block two"
committed, _ = blocks.get_block_list("all")
assert [b.size for b in committed] == [11, 9]
at.upload_blob(p + "theirs/whole", b"their bytes", metadata={"is_symlink": "true"},
               content_settings=ContentSettings(content_type="text/x-theirs"))
theirs = at.get_blob_client(p + "theirs/blocks")
theirs.stage_block("short-id", b"staged ")
theirs.commit_block_list([BlobBlock("short-id")])
long = at.get_blob_client(p + "theirs/long")
long.stage_block("x" * 40, b"staged by them, ")
at.get_blob_client(p + "theirs/page").create_page_blob(512)
)";
  const auto path = "/tmp/azure-client-" + std::to_string(::getpid()) + ".py";
  std::ofstream(path) << program;
  ::setenv("TEST_PREFIX", with.prefix.c_str(), 1);
  const auto status = std::system(("\"$AZURE_TEST_PYTHON\" " + path).c_str());
  std::remove(path.c_str());
  REQUIRE(status == 0);

  CHECK(content("theirs/whole") == "their bytes");
  const auto held = get(store->head("theirs/whole")).held;
  CHECK(held.metadata == object::properties::texts{{"is_symlink", "true"}});
  CHECK(held.content.at("content-type") == "text/x-theirs");

  // Blocks with ids of another length, committed: ours go beside them.
  auto all = get(store->published_parts("theirs/blocks", {}));
  REQUIRE(all.size() == 1);
  const auto more = get(store->begin_upload("theirs/blocks", {}));
  all.push_back(upload(more, 1, "and ours"));
  get(store->complete(more, all, none));
  CHECK(content("theirs/blocks") == "staged and ours");

  // And uncommitted ones: ours are as long.
  const auto beside = get(store->begin_upload("theirs/long", {}));
  const std::vector ours{upload(beside, 1, "ours alone")};
  get(store->complete(beside, ours, none));
  CHECK(content("theirs/long") == "ours alone");

  const auto page = get(store->head("theirs/page"));
  CHECK(page.size == 512);
  CHECK(page.held.service.at("x-ms-blob-type") == "PageBlob");
  CHECK(try_put("theirs/page", "x", page.held).error() == errc::unsupported);
  CHECK(failure(store->begin_upload("theirs/page", {})) == errc::unsupported);
}
