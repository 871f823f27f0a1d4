#include <cstdint>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <randomio/backends/http/content_range.hpp>
#include <randomio/backends/http/http_date.hpp>

using namespace randomio;
using namespace randomio::http;

TEST_CASE("an HTTP date is read and written") {
  REQUIRE(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == timestamp{784'111'777, 0});
  REQUIRE(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT") == timestamp{0, 0});
  REQUIRE(parse_http_date("Wed, 31 Dec 1969 23:59:59 GMT") == timestamp{-1, 0});
  REQUIRE(http_date({784'111'777, 999'999'999}) == "Sun, 06 Nov 1994 08:49:37 GMT");
  REQUIRE(http_date({951'782'400, 0}) == "Tue, 29 Feb 2000 00:00:00 GMT");
  REQUIRE(http_date({INT64_MAX, 0}) == "Fri, 31 Dec 9999 23:59:59 GMT");
  REQUIRE(http_date({INT64_MIN, 0}) == "Sat, 01 Jan 0000 00:00:00 GMT");
  rc::check([] {
    const timestamp when{*rc::gen::inRange<std::int64_t>(-62'167'219'200, 253'402'300'800), 0};
    RC_ASSERT(parse_http_date(http_date(when)) == when);
  });
}

TEST_CASE("what is no HTTP date is none") {
  for (const char* text :
       {"", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
        "Xun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:-7 GMT"}) {
    INFO(text);
    REQUIRE_FALSE(parse_http_date(text));
  }
}

TEST_CASE("a content range is read") {
  const auto all = content_range::parse("bytes 0-99/1234").value();
  REQUIRE(all.part == range::make(0, 100));
  REQUIRE(all.size == 1234);
  REQUIRE_FALSE(content_range::parse("bytes 5-5/*").value().size);
  REQUIRE(content_range::parse("Bytes 5-5/*").value().part == range::make(5, 6));
  const auto none = content_range::parse("bytes */0").value();
  REQUIRE_FALSE(none.part);
  REQUIRE(none.size == 0);
  REQUIRE(range_field(range::make(3, 10).value()) == "bytes=3-9");
}

TEST_CASE("what is no content range, or contradicts itself, is none") {
  for (const char* text : {"",
                           "bytes",
                           "bytes ",
                           "bytes 0-99",
                           "0-99/100",
                           "bytes 9-0/100",
                           "bytes 0-100/100",
                           "bytes -5/100",
                           "bytes 5-/100",
                           "bytes */*",
                           "bytes 0-9/",
                           "bytes 0-9/x",
                           "bytes 0-9/10/10",
                           "bytes 0-1-2/10",
                           "items 0-1/2",
                           "bytes 0-18446744073709551615/*",
                           "bytes 0-18446744073709551616/*",
                           "bytes +0-1/2",
                           "bytes 0x0-1/2",
                           "bytes 0- 1/2"}) {
    INFO(text);
    REQUIRE_FALSE(content_range::parse(text));
  }
}

TEST_CASE("a content length is a decimal number") {
  fields headers;
  REQUIRE_FALSE(content_length(headers));
  headers.set("Content-Length", "18446744073709551615");
  REQUIRE(content_length(headers) == UINT64_MAX);
  for (const char* text : {"", "-1", "+1", "1 ", "0x1", "18446744073709551616", "1,1"}) {
    headers.set("Content-Length", text);
    REQUIRE_FALSE(content_length(headers));
  }
}
