#include <string_view>
#include <utility>

#include <catch2/catch.hpp>

#include <randomio/backends/object/base64.hpp>

using namespace randomio;

TEST_CASE("base64 is RFC 4648's") {
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [text, encoded] : vectors) {
    CHECK(object::base64_encoded(text) == encoded);
    CHECK(object::base64_decoded(encoded) == text);
  }
  for (const auto* bad :
       {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm9v\n", "Zm-v", "Zm 8", "=m8="}) {
    CAPTURE(bad);
    CHECK_FALSE(object::base64_decoded(bad));
  }
}
