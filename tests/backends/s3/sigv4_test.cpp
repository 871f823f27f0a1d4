#include <span>

#include <catch2/catch.hpp>

#include <randomio/backends/s3/sigv4_digest.hpp>

#include "tests/backends/s3/signing.hpp"

using namespace s3_signing;

namespace {

http::request object(std::string url) {
  http::request what;
  what.url = std::move(url);
  return what;
}

std::string signature(const s3::signer& with, http::request what, timestamp at = documentation_time) {
  REQUIRE(with.sign(what, documentation_key(), at));
  return authorization(what, "Signature");
}

}  // namespace

TEST_CASE("an object key is encoded once, and its dots and slashes are what they are") {
  using s3::canonical_path, s3::path_rule;
  CHECK(canonical_path("/a//b/../c/./", path_rule::object_key) == "/a//b/../c/./");
  CHECK(canonical_path("/a%20b%2Bc/d!", path_rule::object_key) == "/a%20b%2Bc/d%21");
  CHECK(canonical_path("/100%25", path_rule::object_key) == "/100%25");
  CHECK(canonical_path("/%C3%A4", path_rule::object_key) == canonical_path("/ä", path_rule::object_key));
  CHECK(canonical_path("", path_rule::object_key) == "/");
}

TEST_CASE("other services see the path normalized and encoded twice") {
  using s3::canonical_path, s3::path_rule;
  CHECK(canonical_path("/a%20b", path_rule::normalized) == "/a%2520b");
  CHECK(canonical_path("/a//b/../c/.", path_rule::normalized) == "/a/c/");
  CHECK(canonical_path("/../..", path_rule::normalized) == "/");
}

TEST_CASE("a query is decoded, encoded and sorted") {
  CHECK(s3::canonical_query("uploads") == "uploads=");
  CHECK(s3::canonical_query("b=2&a=3&a=1&&c") == "a=1&a=3&b=2&c=");
  CHECK(s3::canonical_query("prefix=a/b%20c&x=%zz%4") == "prefix=a%2Fb%20c&x=%25zz%254");
  CHECK(s3::canonical_query("a=b=c") == "a=b%3Dc");
}

TEST_CASE("the host is signed as HTTP sends it") {
  const auto host = [](std::string_view url) {
    const auto parts = s3::url_parts::of(url);
    REQUIRE(parts);
    return std::string(parts->host);
  };
  CHECK(host("https://h.example:443/k?q") == "h.example");
  CHECK(host("http://h.example:80") == "h.example");
  CHECK(host("http://h.example:443/") == "h.example:443");
  CHECK(host("http://127.0.0.1:8333?x") == "127.0.0.1:8333");
  CHECK(host("https://[::1]:9000/a") == "[::1]:9000");
  CHECK(s3::url_parts::of("h.example/k").error() == errc::invalid);
  CHECK(s3::url_parts::of("https:///k").error() == errc::invalid);
}

TEST_CASE("the payload is hashed over http and not over https, unless that is asked for or it is known") {
  const s3::signer by_scheme({.region = "us-east-1"});
  const auto text = std::string_view("hello");
  const auto piece = std::as_bytes(std::span(text));
  const auto hashed = s3::hex(s3::sha256(text));
  auto what = object("https://b.example/k");
  what.body = std::span(&piece, 1);

  SECTION("https") {
    REQUIRE(by_scheme.sign(what, documentation_key(), documentation_time));
    CHECK(what.headers.find("X-Amz-Content-Sha256") == "UNSIGNED-PAYLOAD");
  }
  SECTION("http") {
    what.url = "http://b.example/k";
    REQUIRE(by_scheme.sign(what, documentation_key(), documentation_time));
    CHECK(what.headers.find("X-Amz-Content-Sha256") == hashed);
  }
  SECTION("always") {
    const s3::signer always({.region = "us-east-1", .payload = s3::payload_signing::always});
    REQUIRE(always.sign(what, documentation_key(), documentation_time));
    CHECK(what.headers.find("X-Amz-Content-Sha256") == hashed);
  }
  SECTION("known") {
    what.headers.add("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
    REQUIRE(by_scheme.sign(what, documentation_key(), documentation_time));
    CHECK(what.headers.find("X-Amz-Content-Sha256") == "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
  }
  SECTION("another service has no such field") {
    const s3::signer sts(s3::signing_options::of_service("sts", "us-east-1"));
    REQUIRE(sts.sign(what, documentation_key(), documentation_time));
    CHECK_FALSE(what.headers.find("X-Amz-Content-Sha256"));
  }
}

TEST_CASE("fields that the way to the service changes are not signed") {
  const s3::signer with({.region = "us-east-1"});
  auto what = object("https://b.example/k");
  const auto plain = signature(with, what);
  for (const auto* name : {"User-Agent", "Expect", "Accept-Encoding", "Transfer-Encoding", "Connection"}) {
    what.headers.add(name, "x");
  }
  CHECK(signature(with, what) == plain);
  what.headers.add("If-Match", "\"etag\"");
  CHECK(signature(with, what) != plain);
}

TEST_CASE("signing anew replaces what the last signature left") {
  const s3::signer with({.region = "us-east-1"});
  auto key = documentation_key();
  key.session_token = s3::secret{"token"};
  auto what = object("https://b.example/k");
  REQUIRE(with.sign(what, key, documentation_time));
  REQUIRE(with.sign(what, documentation_key(), documentation_time));
  CHECK_FALSE(what.headers.find("X-Amz-Security-Token"));
  CHECK(authorization(what, "Signature") == signature(with, object("https://b.example/k")));
}

TEST_CASE("the derived key follows the day and the secret") {
  const s3::signer one({.region = "us-east-1"});
  const auto url = "https://b.example/k";
  const auto today = signature(one, object(url));
  const auto tomorrow = signature(one, object(url), {.seconds = documentation_time.seconds + 86400});
  const s3::signer other({.region = "us-east-1"});
  CHECK(signature(other, object(url), {.seconds = documentation_time.seconds + 86400}) == tomorrow);
  CHECK(signature(one, object(url)) == today);

  auto rotated = documentation_key();
  rotated.secret_access_key = s3::secret{"another"};
  auto what = object(url);
  REQUIRE(one.sign(what, rotated, documentation_time));
  CHECK(authorization(what, "Signature") != today);
}

TEST_CASE("the derived key of AWS's documentation") {
  const auto key =
      s3::signing_key(s3::secret{"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}, "20150830", "us-east-1", "iam");
  s3::sha256_digest digest{};
  std::ranges::copy(key.reveal(), digest.begin());
  CHECK(s3::hex(digest) == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

TEST_CASE("anonymous requests stay as they are") {
  const s3::signer with({.region = "us-east-1"});
  auto what = object("https://b.example/k");
  REQUIRE(with.sign(what, {}, documentation_time));
  CHECK(what.headers.empty());
}

TEST_CASE("times in signatures") {
  CHECK(s3::signing_time({.seconds = 0}) == "19700101T000000Z");
  CHECK(s3::signing_time({.seconds = 951782399, .nanoseconds = 999'999'999}) == "20000228T235959Z");
  CHECK(s3::signing_time({.seconds = 951782400}) == "20000229T000000Z");
}
