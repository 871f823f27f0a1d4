#include <randomio/backends/registry/uri.hpp>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <string>

#include <randomio/backends/registry/registry.hpp>

using randomio::uri;

TEST_CASE("a URI comes apart") {
  const auto full = uri::parse("S3://Bucket/some/prefix/?region=eu&a%20b=c%3Dd&flag").value();
  CHECK(full.scheme == "s3");
  CHECK(full.authority == "Bucket");
  CHECK(full.path == "/some/prefix/");
  CHECK(full.query == std::map<std::string, std::string>{{"region", "eu"}, {"a b", "c=d"}, {"flag", ""}});

  const auto file = uri::parse("file:///a%20b/c").value();
  CHECK(file.authority.empty());
  CHECK(file.path == "/a b/c");
  CHECK(uri::parse("memory:").value().path.empty());
  CHECK(uri::parse("memory:?size=1GiB").value().query.at("size") == "1GiB");
}

TEST_CASE("a malformed URI is refused and named") {
  for (const auto* text : {"", "data", ":x", "/a:b", "9p:x", "file:///a%2", "file:///%zz", "file:///a%00b",
                           "memory:?=1", "memory:?a=1&a=2", "file:///a#b"}) {
    INFO(text);
    const auto parsed = uri::parse(text);
    REQUIRE(!parsed);
    CHECK(parsed.error() == randomio::errc::invalid);
    CHECK(parsed.error().key() == text);
    CHECK(!parsed.error().message().empty());
  }
}

TEST_CASE("a mount's name or a path is not taken for a URI") {
  CHECK(randomio::registry::looks_like_uri("memory:"));
  CHECK(randomio::registry::looks_like_uri("file:///dir"));
  CHECK(randomio::registry::looks_like_uri("what://ever"));
  CHECK(!randomio::registry::looks_like_uri("data"));
  CHECK(!randomio::registry::looks_like_uri("/a:b"));
  CHECK(!randomio::registry::looks_like_uri("my data:"));
}

TEST_CASE("any path survives being percent-encoded") {
  rc::check([](const std::string& raw) {
    constexpr auto digits = "0123456789abcdef";
    std::string text = "file:///", path = "/";
    for (const unsigned char c : raw) {
      if (c == 0) continue;
      path += static_cast<char>(c);
      text += {'%', digits[c >> 4], digits[c & 15]};
    }
    RC_ASSERT(uri::parse(text).value().path == path);
  });
}

TEST_CASE("no text crashes the parser of URIs") {
  rc::check([](const std::string& text) { (void)uri::parse("a:" + text); });
}
