#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/backends/azure/fixture.hpp"

using namespace azure_test;

namespace {

const precondition none = precondition::none();

}  // namespace

TEST_CASE_METHOD(blob_fixture, "an independent client reads what we wrote, and we read what it wrote") {
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
  CHECK(page.bytes == object::editable::none);
  CHECK(try_put("theirs/page", "x", page.held).error() == errc::unsupported);
  CHECK(failure(store->begin_upload("theirs/page", {})) == errc::unsupported);
}
