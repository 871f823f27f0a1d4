#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <randomio/backends/s3/encoded_word.hpp>

using namespace randomio;

TEST_CASE("printable ASCII goes as it is") {
  for (const auto* text : {"", "plain", "with spaces inside", "{\"json\": \"%\"}", "a=b", "50%?"}) {
    CHECK(s3::field_value_of(text) == text);
    CHECK(s3::text_of_field_value(text) == text);
  }
}

TEST_CASE("what ASCII cannot hold goes as encoded words, of 75 bytes at most") {
  CHECK(s3::field_value_of("größe") == "=?UTF-8?B?Z3LDtsOfZQ==?=");
  for (const auto* text : {"=?UTF-8?B?eA==?=", " at both ends ", "\n"}) {
    CHECK(s3::field_value_of(text) != text);
    CHECK(s3::text_of_field_value(s3::field_value_of(text)) == text);
  }
  rc::check("and comes back", [](const std::string& text) {
    const auto value = s3::field_value_of(text);
    for (const unsigned char c : value) RC_ASSERT(c >= 0x20 && c < 0x7F);
    RC_ASSERT(s3::text_of_field_value(value) == text);
  });
  std::string many;
  for (int i = 0; i < 200; ++i) many += "€";
  const auto value = s3::field_value_of(many);
  for (std::size_t at = 0; at < value.size();) {
    const auto end = std::min(value.find(' ', at), value.size());
    CHECK(end - at <= 75);
    CHECK(s3::text_of_field_value(value.substr(at, end - at)).size() % 3 == 0);  // No character is split.
    at = end + 1;
  }
}

TEST_CASE("encoded words of others are read") {
  CHECK(s3::text_of_field_value("=?UTF-8?Q?gr=C3=B6=C3=9Fe_a?=") == "größe a");
  CHECK(s3::text_of_field_value("=?iso-8859-1?q?gr=F6=DFe?=") == "größe");
  CHECK(s3::text_of_field_value("=?UTF-8?B?ZsO8?= =?UTF-8?B?w7w=?=") == "füü");
  CHECK(s3::text_of_field_value("a =?UTF-8?B?w7w=?= b") == "a ü b");
  CHECK(s3::text_of_field_value("=?utf-8*de?b?w7w=?=") == "ü");
}

TEST_CASE("what is no encoded word stays as it is") {
  for (const auto* text : {"=?", "=?UTF-8?B?", "=?UTF-8?B?%%?=", "=?KOI8-R?B?w7w=?=", "=?UTF-8?X?w7w=?=",
                           "=?UTF-8?Q?=C?=", "=?UTF-8?B?w7w=", "a=?b?=c"}) {
    CHECK(s3::text_of_field_value(text) == text);
  }
}
