// Values of header fields from a server that means no good: a date survives being written and read, a content range
// is not empty and lies within its whole, a wait is bounded.

#include <cstdint>
#include <string_view>

#include <randomio/backends/http/content_range.hpp>
#include <randomio/backends/http/http_date.hpp>
#include <randomio/backends/http/retry_verdict.hpp>

#include "tests/fuzz/input.hpp"

using namespace randomio;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto date = http::parse_http_date(text)) {
    require(http::parse_http_date(http::http_date(*date)) == *date, "a date stays the same");
  }
  if (size >= sizeof(std::int64_t)) {
    timestamp any;
    std::copy_n(data, sizeof any.seconds, reinterpret_cast<std::uint8_t*>(&any.seconds));
    require(http::parse_http_date(http::http_date(any)).has_value(), "every date that is written can be read");
  }
  if (const auto got = http::content_range::parse(text)) {
    require(got->part || got->size, "a content range says something");
    require(!got->part || !got->part->empty(), "a part is not empty");
    require(!got->part || !got->size || got->part->end() <= *got->size, "a part lies in the whole");
  }
  http::fields headers;
  headers.add("Retry-After", text);
  headers.add("Content-Length", text);
  const auto wait = http::retry_after(headers, {.seconds = 784'111'777, .nanoseconds = 0});
  require(!wait || (wait->count() >= 0 && wait->count() <= 86'400), "a wait is bounded");
  if (const auto length = http::content_length(headers)) {
    require(http::parse_decimal(std::to_string(*length)) == *length, "a length is a number");
  }
  return 0;
}
