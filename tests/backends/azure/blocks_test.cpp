#include <cstdlib>

#include <randomio/backends/azure/credentials/chain.hpp>
#include <randomio/backends/http/curl_client.hpp>

#include "tests/backends/azure/fixture.hpp"

using namespace azure_test;

namespace {

const precondition none = precondition::none();
const precondition absent = precondition::absent();

/// Counts the block lists that are asked for.
class counting_client : public http::client {
 public:
  explicit counting_client(http::client& next) : next_(next) {}
  task<result<http::reply>> send(const http::request& what) override {
    lists += what.verb == http::method::get && what.url.contains("comp=blocklist") ? 1 : 0;
    return next_.send(what);
  }
  int lists = 0;

 private:
  http::client& next_;
};

}  // namespace

TEST_CASE_METHOD(blob_fixture, "a part is copied by the service as one block, or through us as several") {
  const auto base = pattern(20 * MiB, 7);
  const auto source = put("base", base);
  const auto up = get(store->begin_upload("joined", {}));
  const auto most = *range::make(MiB, 18 * MiB);
  std::vector parts{get(store->copy_part(up, 1, {"base", source}, most)), upload(up, 2, "the tail")};
  CHECK(parts[0].size == most.len());
  CHECK(parts[0].tag.contains(',') == (std::getenv("AZURE_TEST_STRICT") == nullptr));
  get(store->complete(up, parts, absent));
  CHECK(content("joined") == base.substr(MiB, 17 * MiB) + "the tail");
  CHECK(failure(store->complete(up, parts, none)) == errc::not_found);
}

TEST_CASE_METHOD(blob_fixture, "the list of a blob's blocks is read once for an edit") {
  blocking_pool pool(1);
  http::curl_options plain;
  plain.allow_http = true;
  http::curl_client transport(plain);
  const http::provider_context in{.services = transport, .local = transport, .pool = pool};
  azure::caching_provider keys(*azure::provider_for(with, in), {.now = in.now});
  azure::authorising_client authorising(transport, keys);
  counting_client counting(authorising);
  azure::store edits(counting, authorising, *azure::container::of(with));
  put("blob", "text");
  const auto parts = get(edits.published_parts("blob", {}));
  get(edits.abort(get(edits.begin_upload("blob", {}))));
  CHECK(counting.lists == 1);
  // What was read before is good for one upload: the next one asks itself.
  get(edits.abort(get(edits.begin_upload("blob", {}))));
  CHECK(counting.lists == 2);
}

TEST_CASE_METHOD(blob_fixture, "blocks are discarded by another publication") {
  const auto up = get(store->begin_upload("joined", {}));
  const std::vector ours{upload(up, 1, "ours")};
  const auto other = get(store->begin_upload("joined", {}));
  CHECK(other.id != up.id);
  const std::vector theirs{upload(other, 1, "theirs")};
  get(store->complete(other, theirs, none));
  CHECK(failure(store->complete(up, ours, none)) == errc::busy);
  CHECK(content("joined") == "theirs");
}

TEST_CASE_METHOD(blob_fixture, "blocks of the object are published again, beside new ones, without a copy") {
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
  CHECK(failure(store->published_parts("log", service_under_test().of_nothing)) == errc::precondition_failed);
  put("whole", "text");
  CHECK(get(store->published_parts("whole", {})).empty());
  SECTION("and a renamed blob keeps its blocks") {
    const auto moved = get(store->copy({"log", now}, "log2", nullptr, absent)).current;
    CHECK(get(store->published_parts("log2", moved)).size() == 5);
  }
}
