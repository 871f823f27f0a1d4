#include <catch2/catch.hpp>

#include <randomio/backends/registry/registry.hpp>

using namespace randomio;
using texts = std::map<std::string, std::string>;

namespace {

std::string refused(std::string_view uri) {
  const auto known = registry::with_built_in();
  auto parsed = known.parse(uri);
  if (!parsed) return parsed.error().describe();
  blocking_pool pool(1);
  const auto made = known.make(*std::move(parsed), {.pool = pool});
  return made ? "made" : std::string(made.error().key());
}

}  // namespace

TEST_CASE("s3: a bucket, a prefix and options") {
  const auto known = registry::with_built_in();
  CHECK(known.parse("s3://media")->values == texts{{"bucket", "media"}});
  CHECK(known.parse("s3://media/")->values == texts{{"bucket", "media"}});
  const auto parsed = known.parse("S3://media/raw/2%200?region=eu-central-1&checksum=none");
  REQUIRE(parsed);
  CHECK(parsed->type == "s3");
  CHECK(parsed->values ==
        texts{{"bucket", "media"}, {"prefix", "raw/2 0"}, {"region", "eu-central-1"}, {"checksum", "none"}});
  CHECK_FALSE(known.parse("s3:media"));
  CHECK_FALSE(known.parse("s3:///key"));
}

TEST_CASE("r2: an account, a bucket and a prefix") {
  const auto known = registry::with_built_in();
  const auto parsed = known.parse("r2://0123abcd/media/raw");
  REQUIRE(parsed);
  CHECK(parsed->values == texts{{"account", "0123abcd"}, {"bucket", "media"}, {"prefix", "raw"}});
  CHECK_FALSE(known.parse("r2://0123abcd"));
  CHECK_FALSE(known.parse("r2://0123abcd/"));
  CHECK_FALSE(known.parse("r2:///media"));
}

TEST_CASE("a backend is made without asking the service, and a mistake is named") {
  CHECK(refused("s3://media/raw") == "made");
  CHECK(refused("r2://0123abcd/media") == "made");
  CHECK(refused("s3://media?colour=red") == "colour");
  CHECK(refused("r2://0123abcd/media?colour=red") == "colour");
  CHECK(refused("s3://media?checksum=md5") == "checksum");
  CHECK(refused("s3://media?hole_max=1TiB") == "made");
  CHECK(refused("s3://media?hole_max=large") == "hole_max");
  CHECK(refused("s3://media?commit_timeout=5min&early_publish=false") == "made");
  CHECK(refused("s3://media?commit_timeout=5") == "commit_timeout");
  CHECK(refused("s3://media?early_publish=later") == "early_publish");
  CHECK(refused("s3://media?endpoint=http://host") == "endpoint");
  CHECK(refused("r2://evil.example/media") == "account");
  CHECK(refused("s3://media--x-s3") == "bucket");
}
