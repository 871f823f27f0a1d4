#include <catch2/catch.hpp>

#include <randomio/backends/r2/r2.hpp>
#include <randomio/backends/s3/bucket.hpp>

using namespace randomio;

TEST_CASE("an account is the host, and conditions are known") {
  auto with = r2::options_for({.account = "abc123"}, {.bucket = "media"});
  REQUIRE(with);
  CHECK(with->endpoint == "https://abc123.r2.cloudflarestorage.com");
  CHECK(with->region == "auto");
  REQUIRE(with->honours);
  CHECK(with->honours->complete);
  CHECK_FALSE(with->honours->remove);
  const auto in = s3::bucket::of(*std::move(with));
  REQUIRE(in);
  CHECK(in->to_object(http::method::get, "a b").url == "https://abc123.r2.cloudflarestorage.com/media/a%20b");
  CHECK(r2::options_for({.account = "abc", .jurisdiction = "eu"}, {.bucket = "b"})->endpoint ==
        "https://abc.eu.r2.cloudflarestorage.com");
}

TEST_CASE("what is no account is refused by name") {
  for (const auto* account : {"", "a.b", "a/b", "evil.example/"}) {
    const auto with = r2::options_for({.account = account}, {.bucket = "media"});
    REQUIRE_FALSE(with);
    CHECK(with.error().key() == "account");
  }
}

TEST_CASE("a 403 without a reason may be a 429, a wrong key is none") {
  http::reply reply;
  reply.status = 403;
  CHECK(r2::may_be_throttled(reply));
  reply.body = "<Error><Code>AccessDenied</Code></Error>";
  CHECK(r2::may_be_throttled(reply));
  reply.body = "<Error><Code>SignatureDoesNotMatch</Code></Error>";
  CHECK_FALSE(r2::may_be_throttled(reply));
  reply.status = 400;
  reply.body = "<Error><Code>SlowDown</Code></Error>";
  CHECK(r2::may_be_throttled(reply));
  reply.body.clear();
  reply.status = 404;
  CHECK_FALSE(r2::may_be_throttled(reply));
}
