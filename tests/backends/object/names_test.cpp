#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include <randomio/backends/object/names.hpp>

using namespace randomio;
using namespace randomio::object;

TEST_CASE("UTF-8 by RFC 3629") {
  for (const std::string good : {"", "plain", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\x7f"}) {
    CHECK(is_utf8(good));
  }
  for (const std::string bad : {"\x80", "\xff", "\xc0\xaf", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                "\xf0\x80\x80\x80", "a\xe2\x82", "\xc3\x28"}) {
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("what a file can be called") {
  for (const auto& good : std::vector<std::string>{"a", "...", " ", "\n", "a#b", std::string(255, 'x')})
    CHECK(is_nameable(good));
  for (const auto& bad :
       std::vector<std::string>{"", ".", "..", "a/b", std::string("a\0b", 3), std::string(256, 'x')}) {
    CHECK_FALSE(is_nameable(bad));
  }
}

TEST_CASE("keys and paths") {
  CHECK(key_below("", "f") == "f");
  CHECK(key_below("d/e", "f") == "d/e/f");
  CHECK(marker_of("") == "");
  CHECK(marker_of("d") == "d/");
  CHECK(parent_of("d/e/f") == "d/e");
  CHECK(parent_of("f") == "");
  CHECK(last_segment("d/f") == "f");
  CHECK(is_within("d/f", "d"));
  CHECK(is_within("d", "d"));
  CHECK(is_within("x", ""));
  CHECK_FALSE(is_within("dd/f", "d"));
  CHECK_FALSE(is_within("d", "d/f"));
}

TEST_CASE("which keys can be made") {
  const limits allowed;
  CHECK(check_key("a/b", allowed).has_value());
  CHECK(check_key("\xff", allowed).error() == errc::bad_sequence);
  CHECK(check_key(std::string(1024, 'k'), allowed).has_value());
  CHECK(check_key(std::string(1025, 'k'), allowed).error() == errc::name_too_long);
  CHECK(check_key(".randomiofs/x", allowed).error() == errc::not_permitted);
  CHECK(check_key(".randomiofs", allowed).error() == errc::not_permitted);
  CHECK(check_key(".randomiofsx", allowed).has_value());
}

TEST_CASE("inode numbers differ, and never are the root's or none") {
  CHECK(number_of("a") == number_of("a"));
  CHECK(number_of("a") != number_of("b"));
  CHECK(number_of("a") != number_of("a", 1));
}
