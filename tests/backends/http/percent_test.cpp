#include <randomio/backends/http/percent.hpp>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

using namespace randomio;
using namespace randomio::http;

TEST_CASE("everything but unreserved characters is encoded") {
  REQUIRE(percent_encode("AZaz09-._~") == "AZaz09-._~");
  REQUIRE(percent_encode(" !\"#$%&'()*+,/:;<=>?@[\\]^`{|}\x7f") ==
          "%20%21%22%23%24%25%26%27%28%29%2A%2B%2C%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D%7F");
  REQUIRE(percent_encode("a/b c", slash::kept) == "a/b%20c");
  REQUIRE(percent_encode("ä€") == "%C3%A4%E2%82%AC");
  REQUIRE(percent_encode(std::string_view("\0\n", 2)) == "%00%0A");
}

TEST_CASE("what was encoded is decoded") {
  rc::check([](const std::string& text) {
    RC_ASSERT(percent_decode(percent_encode(text)).value() == text);
    RC_ASSERT(percent_decode(percent_encode(text, slash::kept)).value() == text);
  });
  REQUIRE(percent_decode("a%2fb%2Fc+d").value() == "a/b/c+d");
  REQUIRE(percent_decode("a+b%2B", plus::space).value() == "a b+");
}

TEST_CASE("a percent sign without two digits is an error that shows the text") {
  for (const std::string text : {"%", "a%", "a%2", "%zz", "%2", "%%20", "a%2g"}) {
    INFO(text);
    const auto decoded = percent_decode(text);
    REQUIRE_FALSE(decoded);
    REQUIRE(decoded.error() == errc::invalid);
    REQUIRE(decoded.error().message().contains("'" + text + "'"));
  }
}
