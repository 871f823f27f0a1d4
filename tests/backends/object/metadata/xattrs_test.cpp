#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include <randomio/backends/object/metadata/xattrs.hpp>

using namespace randomio;
using namespace randomio::object::metadata;
using texts = object::properties::texts;

TEST_CASE("extended attributes as s3fs writes them") {
  // As s3fs 1.97 wrote it for `setfattr -n user.foo -v bar` and an empty one.
  const texts from{{"xattr", "%7B%22user.foo%22%3A%22YmFy%22%2C%22user.none%22%3A%22%22%7D"}};
  const auto found = read_xattrs(from);
  REQUIRE(found.size() == 2);
  CHECK(found.at("user.foo") == "bar");
  CHECK(found.at("user.none").empty());
  texts to;
  REQUIRE(write_xattrs(found, to).has_value());
  CHECK(to == from);
  REQUIRE(write_xattrs({}, to).has_value());
  CHECK(to.empty());
}

TEST_CASE("a header that is no JSON object holds nothing") {
  for (const auto* text : {"", "x", "[]", "%7B", "{\"a\":1}", "%", "%zz", "null", "{\"a\":\"*\"}"}) {
    CHECK(read_xattrs({{"xattr", text}}).empty());
  }
  CHECK(write_xattrs({{"user.\xff", "v"}}, *std::make_unique<texts>()).error() == errc::bad_sequence);
}

TEST_CASE("any bytes come back") {
  CHECK(rc::check("values of any bytes", [](const std::map<std::uint16_t, std::string>& values) {
    xattrs all;
    for (const auto& [number, value] : values) all.emplace("user.\"\\%" + std::to_string(number), value);
    texts to;
    RC_ASSERT(write_xattrs(all, to).has_value());
    RC_ASSERT(read_xattrs(to) == all);
  }));
}
