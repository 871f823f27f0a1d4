// Edits of blobs, as a mount makes them.
#include <randomio/backends/object/content.hpp>

#include "tests/backends/azure/fixture.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace azure_test;
using namespace std::string_view_literals;

namespace {

constexpr std::size_t block_bytes = 4 * MiB;

struct edited : blob_fixture {
  object::memory_budget memory{64 * MiB};
  testing::scratch_directory scratch;
  object::spill_space spill{scratch.path(), 256 * MiB};
  blocking_pool pool{1};
  object::editing how{.to = *store, .memory = memory, .spill = spill, .pool = pool};

  std::unique_ptr<object::content> open(const std::string& key) {
    const auto now = get(store->head(key));
    return std::make_unique<object::content>(how, key, now, now.held);
  }
  /// A blob of six blocks.
  std::string put_blocks(const std::string& key) {
    const auto text = pattern(6 * block_bytes);
    const auto up = get(store->begin_upload(key, {}));
    std::vector<object::part> parts;
    for (std::uint32_t i = 0; i < 6; ++i) parts.push_back(upload(up, i + 1, text.substr(i * block_bytes, block_bytes)));
    get(store->complete(up, parts, precondition::absent()));
    return text;
  }
  std::vector<std::string> blocks(const std::string& key) {
    std::vector<std::string> ids;
    for (auto& one : get(store->published_parts(key, {}))) ids.push_back(std::move(one.tag));
    return ids;
  }
};

}  // namespace

TEST_CASE_METHOD(edited, "an append leaves every block of a blob as it is, and adds its own") {
  auto text = put_blocks("log");
  const auto before = blocks("log");
  auto log = open("log");
  const auto more = pattern(MiB, 9);
  get(log->append(bytes_of(more)));
  get(log->commit());
  auto after = blocks("log");
  REQUIRE(after.size() == before.size() + 1);
  after.pop_back();
  CHECK(after == before);
  CHECK(content("log") == text + more);
}

TEST_CASE_METHOD(edited, "what is overwritten splits its block, and leaves the others") {
  auto text = put_blocks("data");
  const auto before = blocks("data");
  auto data = open("data");
  const std::string change(4096, 'x');
  get(data->write(2 * block_bytes + 1000, bytes_of(change)));
  get(data->commit());
  const auto after = blocks("data");
  REQUIRE(after.size() == before.size() + 2);
  CHECK(std::equal(before.begin(), before.begin() + 2, after.begin()));
  CHECK(std::equal(before.begin() + 3, before.end(), after.begin() + 5));
  text.replace(2 * block_bytes + 1000, change.size(), change);
  CHECK(content("data") == text);
}

TEST_CASE_METHOD(edited, "an append blob grows in place, and is not edited otherwise") {
  const auto absent = precondition::absent();
  get(azure::put_append_blob(blobs.requests(), *blobs.blob("log"), {}, {.when = absent}));
  auto ours = open("log"), theirs = open("log");
  get(ours->append(bytes_of("one\n"sv)));
  get(theirs->append(bytes_of("two\n"sv)));
  get(ours->commit());
  get(theirs->commit());
  CHECK(content("log") == "one\ntwo\n");
  CHECK(get(store->head("log")).bytes == object::editable::end);
  CHECK(failure(ours->write(0, bytes_of("x"sv))) == errc::unsupported);
  CHECK(failure(ours->resize(1)) == errc::unsupported);
  get(theirs->append(bytes_of("three\n"sv)));
  get(theirs->commit());
  auto fresh = open("log");
  fresh->edit([](object::properties& of) { of.metadata["a"] = "b"; });
  get(fresh->append(bytes_of("four\n"sv)));
  get(fresh->commit());
  CHECK(content("log") == "one\ntwo\nthree\nfour\n");
  CHECK(get(store->head("log")).held.metadata.at("a") == "b");
}
