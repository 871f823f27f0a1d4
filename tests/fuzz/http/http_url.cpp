// A text that is a URL is the same URL after it was put together and taken apart again, and its parts are what they
// promise; percent-encoding loses nothing, and decoding what was decoded from an encoding gives the same bytes.

#include <cstdint>
#include <string>
#include <string_view>

#include <randomio/backends/http/percent.hpp>
#include <randomio/backends/http/url.hpp>

#include "tests/fuzz/input.hpp"

using namespace randomio;
using fuzz::require;

namespace {

void check_url(std::string_view text) {
  const auto parsed = http::url::parse(text);
  if (!parsed) {
    require(parsed.error() == errc::invalid && !parsed.error().message().empty(), "a refusal says why");
    return;
  }
  require(!parsed->host.empty() && !parsed->scheme.empty(), "a URL has a scheme and a host");
  require(parsed->path.empty() || parsed->path.starts_with('/'), "a path starts with a slash");
  const std::string again = parsed->text();
  for (const char c : again) require(c > ' ' && c < '\x7f', "a URL is made of visible ASCII");
  auto second = http::url::parse(again);
  require(second.has_value(), "what was put together is a URL");
  require(second->port_or_default() == parsed->port_or_default(), "the port stays");
  second->port = parsed->port;  // The scheme's own is left out.
  require(*second == *parsed, "nothing is lost");
}

void check_percent(std::string_view text) {
  for (const auto slashes : {http::slash::encoded, http::slash::kept}) {
    const auto decoded = http::percent_decode(http::percent_encode(text, slashes));
    require(decoded && *decoded == text, "what was encoded is decoded");
  }
  for (const auto pluses : {http::plus::literal, http::plus::space}) {
    const auto decoded = http::percent_decode(text, pluses);
    if (decoded)
      require(http::percent_decode(http::percent_encode(*decoded), pluses) == *decoded, "decoded bytes stay");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_url(text);
  check_percent(text);
  return 0;
}
