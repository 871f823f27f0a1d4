// Replies with credentials, of services and programs that mean no good: JSON of containers, instances, programs, IAM
// Identity Center, and the XML of STS. What is taken is complete; what is refused is said in one bounded line that
// does not hold the secret that was sent.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <randomio/backends/s3/credentials/expiration.hpp>
#include <randomio/backends/s3/credentials/json_credentials.hpp>
#include <randomio/backends/s3/credentials/sso.hpp>
#include <randomio/backends/s3/credentials/sts_reply.hpp>

#include "tests/fuzz/input.hpp"

using namespace randomio;
using fuzz::require;

namespace {

constexpr std::string_view sent_secret = "SENTSECRET";

void check(const result<s3::credentials>& got, bool expires) {
  if (got) {
    require(!got->access_key_id.empty() && !got->secret_access_key.empty(), "what is taken is complete");
    require(!expires || (got->expires && !got->session_token.empty()), "what must expire says when");
    return;
  }
  const auto line = got.error().describe();
  require(line.size() < 2000, "an error is bounded");
  require(line.find('\n') == std::string::npos && line.find('\r') == std::string::npos, "an error is one line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(s3::credentials_from_json(text), false);
  check(s3::credentials_from_sso(text), true);

  const std::array sent = {s3::secret{sent_secret}};
  for (const int status : {200, 403}) {
    http::reply reply;
    reply.status = status;
    reply.body = text;
    const auto got = s3::credentials_from_sts(reply, sent);
    check(got, true);
    require(reply.body.empty(), "a body is wiped");
    require(got || got.error().message().find(sent_secret) == std::string_view::npos, "an error holds no secret");
  }
  if (const auto until = s3::parse_expiration(text)) {
    require(until->seconds > -63'000'000'000 && until->seconds < 254'000'000'000, "a time has a year of four digits");
  }
  return 0;
}
