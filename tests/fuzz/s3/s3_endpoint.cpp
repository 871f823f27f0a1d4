// Buckets, regions, endpoints and keys as people give them, one a line: what is taken makes URLs that are URLs, to a
// host that is the endpoint's or AWS's whatever the rest says, and whose path decodes to the key.

#include <algorithm>
#include <array>

#include <randomio/backends/http/percent.hpp>
#include <randomio/backends/http/url.hpp>
#include <randomio/backends/s3/endpoint.hpp>

#include "tests/fuzz/input.hpp"

using namespace randomio;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::array<std::string, 4> given;
  for (auto& one : given) {
    const auto end = std::min(rest.find('\n'), rest.size());
    one = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const auto& [bucket, region, custom, key] = given;
  for (const auto style : {s3::addressing::automatic, s3::addressing::path, s3::addressing::virtual_host}) {
    const auto made = s3::endpoint::of({bucket, region, custom, style});
    if (!made) continue;
    const auto at = http::url::parse(made->object_url(key));
    fuzz::require(at.has_value(), "the URL is one");
    const auto expected = custom.empty() ? std::string("amazonaws.com") : http::url::parse(custom)->host;
    fuzz::require(custom.empty() ? at->host.contains(expected) : at->host.ends_with(expected), "the host is as given");
    fuzz::require(at->query.empty(), "a key is no query");
    const auto path = http::percent_decode(at->path);
    fuzz::require(path && path->ends_with("/" + key), "the path holds the key");
    fuzz::require(http::url::parse(made->bucket_url()).has_value(), "the bucket's URL is one");
  }
  return 0;
}
