#include <algorithm>

#include <catch2/catch.hpp>

#include <randomio/backends/http/fields.hpp>

using namespace randomio;

TEST_CASE("field names compare without case, values stay as they are") {
  http::fields headers;
  headers.add("ETag", "\"Ab\"");
  CHECK(headers.find("etag") == "\"Ab\"");
  CHECK(headers.find("ETAG") == "\"Ab\"");
  CHECK_FALSE(headers.find("etags"));
}

TEST_CASE("set replaces every field of the name and leaves the others in order") {
  http::fields headers;
  headers.add("a", "1");
  headers.add("B", "2");
  headers.add("A", "3");
  headers.set("a", "4");
  REQUIRE(std::ranges::distance(headers) == 2);
  CHECK(headers.begin()->first == "B");
  CHECK(headers.find("A") == "4");
}
