#include <catch2/catch.hpp>

#include "tests/backends/s3/signing.hpp"

using namespace s3_signing;
using namespace std::chrono_literals;

namespace {

std::string signature_in(std::string_view url) {
  const auto at = url.find("X-Amz-Signature=");
  if (at == std::string_view::npos) return "(none)";
  const auto rest = url.substr(at + 16);
  return std::string(rest.substr(0, rest.find('&')));
}

}  // namespace

TEST_CASE("the presigned URL of the Amazon S3 API Reference") {
  const s3::signer in_s3({.region = "us-east-1"});
  const auto url = in_s3.presign(http::method::get, "https://examplebucket.s3.amazonaws.com/test.txt", {},
                                 documentation_key(), documentation_time, 24h);
  REQUIRE(url);
  CHECK(*url ==
        "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST_CASE("AWS's signature test suite, presigned") {
  const s3::signer service(s3::signing_options::of_service("service", "us-east-1"));
  auto key = suite_key();
  const auto presigned = [&](std::string_view target) {
    const auto url = service.presign(http::method::get, std::string("https://example.amazonaws.com").append(target), {},
                                     key, suite_time, 3600s);
    REQUIRE(url);
    return signature_in(*url);
  };
  CHECK(presigned("/example space/") == "7a1f416954786484c9824d93c1f26ef64acb9b1b6c9154d08c9f07d0e394abf6");
  CHECK(presigned("/?Param2=value2&Param1=value1") ==
        "86012e2c9ad4d77369f5d81c11f75158aae4f895a085212cc6d3f923d300bed5");
  key.session_token = s3::secret{"6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"};
  CHECK(presigned("/") == "7ff2b50b376cb4d151970630573d6291dc128cc5c2a12ffb237f73cc53f67b6c");
}

TEST_CASE("a presigned URL covers the headers that its holder must send") {
  const s3::signer in_s3({.region = "us-east-1"});
  http::fields headers;
  headers.add("X-Amz-Storage-Class", "STANDARD_IA");
  const auto url =
      in_s3.presign(http::method::put, "https://b.example", headers, documentation_key(), documentation_time, 60s);
  REQUIRE(url);
  CHECK(url->starts_with("https://b.example/?"));
  CHECK(url->find("X-Amz-SignedHeaders=host%3Bx-amz-storage-class") != std::string::npos);
}

TEST_CASE("what cannot be presigned is refused") {
  const s3::signer in_s3({.region = "us-east-1"});
  const auto refused = [&](std::string_view url, const s3::credentials& with, std::chrono::seconds valid) {
    const auto out = in_s3.presign(http::method::get, url, {}, with, documentation_time, valid);
    return !out && out.error() == errc::invalid;
  };
  CHECK(refused("https://b.example/k", {}, 60s));
  CHECK(refused("https://b.example/k", documentation_key(), 0s));
  CHECK(refused("https://b.example/k", documentation_key(), 604801s));
  CHECK_FALSE(refused("https://b.example/k", documentation_key(), 604800s));
  CHECK(refused("/k", documentation_key(), 60s));
}
