// The published vectors: AWS's signature test suite, and the examples in the Amazon S3 API Reference.

#include <span>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/backends/s3/signing.hpp"

using namespace s3_signing;

namespace {

struct vector_case {
  std::string_view name;
  http::method verb;
  std::string_view target;
  std::vector<http::fields::field> headers;
  std::string_view body;
  std::string_view signed_names;
  std::string_view signature;
};

constexpr auto get = http::method::get, post = http::method::post;
constexpr std::string_view unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";

http::request request_of(const vector_case& one, std::string_view host) {
  http::request what;
  what.verb = one.verb;
  what.url = std::string(host).append(one.target);
  for (const auto& [name, value] : one.headers) what.headers.add(name, value);
  return what;
}

std::vector<vector_case> suite() {
  const auto* form = "application/x-www-form-urlencoded";
  const auto* form_hash = "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e";
  static const auto unreserved_query = "/?" + std::string(unreserved) + "=" + std::string(unreserved);
  return {
      {"get-vanilla", get, "/", {}, "", "host;x-amz-date", vanilla},
      {"get-vanilla, no path at all", get, "", {}, "", "host;x-amz-date", vanilla},
      {"get-vanilla-query-order-key-case",
       get,
       "/?Param2=value2&Param1=value1",
       {},
       "",
       "host;x-amz-date",
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-vanilla-query-order-encoded",
       get,
       "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
       {},
       "",
       "host;x-amz-date",
       "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"},
      {"get-vanilla-query-unreserved",
       get,
       unreserved_query,
       {},
       "",
       "host;x-amz-date",
       "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
      {"get-vanilla-utf8-query",
       get,
       "/?\u1234=bar",
       {},
       "",
       "host;x-amz-date",
       "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
      {"get-utf8",
       get,
       "/\u1234",
       {},
       "",
       "host;x-amz-date",
       "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
      {"get-space",
       get,
       "/example space/",
       {},
       "",
       "host;x-amz-date",
       "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
      {"get-slashes",
       get,
       "//example//",
       {},
       "",
       "host;x-amz-date",
       "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
      {"get-slash-pointless-dot",
       get,
       "/./example",
       {},
       "",
       "host;x-amz-date",
       "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
      {"get-relative-relative", get, "/example1/example2/../..", {}, "", "host;x-amz-date", vanilla},
      {"get-header-key-duplicate",
       get,
       "/",
       {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}},
       "",
       "host;my-header1;x-amz-date",
       "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
      {"get-header-value-order",
       get,
       "/",
       {{"My-Header1", "value4"}, {"My-Header1", "value1"}, {"my-header1", "value3"}, {"My-Header1", "value2"}},
       "",
       "host;my-header1;x-amz-date",
       "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
      {"get-header-value-trim",
       get,
       "/",
       {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
       "",
       "host;my-header1;my-header2;x-amz-date",
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"post-vanilla",
       post,
       "/",
       {},
       "",
       "host;x-amz-date",
       "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"post-vanilla-query",
       post,
       "/?Param1=value1",
       {},
       "",
       "host;x-amz-date",
       "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
      {"post-x-www-form-urlencoded",
       post,
       "/",
       {{"Content-Type", form}},
       "Param1=value1",
       "content-type;host;x-amz-date",
       "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
      {"post-x-www-form-urlencoded, with its length and hash",
       post,
       "/",
       {{"Content-Type", form}, {"Content-Length", "13"}, {"x-amz-content-sha256", form_hash}},
       "Param1=value1",
       "content-length;content-type;host;x-amz-content-sha256;x-amz-date",
       "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b"},
  };
}

}  // namespace

TEST_CASE("AWS's signature test suite") {
  const s3::signer service(s3::signing_options::of_service("service", "us-east-1"));
  for (const auto& one : suite()) {
    INFO(one.name);
    auto what = request_of(one, "https://example.amazonaws.com");
    const auto piece = std::as_bytes(std::span(one.body));
    what.body = std::span(&piece, 1);
    REQUIRE(service.sign(what, suite_key(), suite_time));
    CHECK(authorization(what, "Credential") == "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request");
    CHECK(authorization(what, "SignedHeaders") == one.signed_names);
    CHECK(authorization(what, "Signature") == one.signature);
    CHECK(what.headers.find("X-Amz-Date") == "20150830T123600Z");
  }
}

TEST_CASE("AWS's signature test suite, with session tokens") {
  const s3::signer service(s3::signing_options::of_service("service", "us-east-1"));
  auto key = suite_key();

  SECTION("get-vanilla-with-session-token") {
    key.session_token = s3::secret{"6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"};
    http::request what;
    what.url = "https://example.amazonaws.com/";
    REQUIRE(service.sign(what, key, suite_time));
    CHECK(authorization(what, "SignedHeaders") == "host;x-amz-date;x-amz-security-token");
    CHECK(authorization(what, "Signature") == "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8");
  }
  SECTION("post-sts-header-before") {
    key.session_token = s3::secret{
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUu"
        "wthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQ"
        "cHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR"
        "/oLxBA=="};
    http::request what;
    what.verb = post;
    what.url = "https://example.amazonaws.com/";
    REQUIRE(service.sign(what, key, suite_time));
    CHECK(authorization(what, "Signature") == "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead");
  }
}

TEST_CASE("the examples of the Amazon S3 API Reference") {
  const s3::signer in_s3({.region = "us-east-1", .payload = s3::payload_signing::always});
  const std::vector<vector_case> examples = {
      {"GET Object",
       get,
       "/test.txt",
       {{"Range", "bytes=0-9"}},
       "",
       "host;range;x-amz-content-sha256;x-amz-date",
       "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
      {"PUT Object",
       http::method::put,
       "/test$file.text",
       {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
       "Welcome to Amazon S3.",
       "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
       "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
      {"GET Bucket Lifecycle",
       get,
       "/?lifecycle",
       {},
       "",
       "host;x-amz-content-sha256;x-amz-date",
       "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
      {"GET Bucket (List Objects)",
       get,
       "/?max-keys=2&prefix=J",
       {},
       "",
       "host;x-amz-content-sha256;x-amz-date",
       "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
  };
  for (const auto& one : examples) {
    INFO(one.name);
    auto what = request_of(one, "https://examplebucket.s3.amazonaws.com");
    // In two pieces: a body is signed as a whole.
    const auto whole = std::as_bytes(std::span(one.body));
    const std::array pieces = {whole.first(whole.size() / 2), whole.subspan(whole.size() / 2)};
    what.body = pieces;
    REQUIRE(in_s3.sign(what, documentation_key(), documentation_time));
    CHECK(authorization(what, "SignedHeaders") == one.signed_names);
    CHECK(authorization(what, "Signature") == one.signature);
  }
}
