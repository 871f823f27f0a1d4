#include <randomio/backends/s3/refused_signature.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace randomio::s3 {
namespace {

constexpr std::array<std::string_view, 7> stale_credentials = {
    "ExpiredToken",         "ExpiredTokenException",      "InvalidToken", "TokenRefreshRequired", "InvalidAccessKeyId",
    "InvalidClientTokenId", "UnrecognizedClientException"};
constexpr std::array<std::string_view, 3> wrong_time = {"RequestTimeTooSkewed", "RequestInTheFuture", "RequestExpired"};

// The code alone is wanted, of a document that may be any server's: what is not found in this plain form is no refusal
// that we know, and the reply goes on to whoever understands all of it.
std::string_view code_in(std::string_view body) noexcept {
  constexpr std::string_view open = "<Code>", close = "</Code>";
  const auto from = body.find(open);
  if (from == std::string_view::npos) return {};
  const auto rest = body.substr(from + open.size());
  const auto to = rest.find(close);
  return to == std::string_view::npos ? std::string_view{} : rest.substr(0, to);
}

}  // namespace

signature_refusal refusal_in(const http::reply& from) {
  if (from.status != 400 && from.status != 401 && from.status != 403) return signature_refusal::none;
  auto code = code_in(from.body);
  // A reply to HEAD has no body; some servers say the code in a field.
  if (const auto field = from.headers.find("x-amz-error-code"); code.empty() && field) code = *field;
  if (std::ranges::find(stale_credentials, code) != stale_credentials.end()) return signature_refusal::credentials;
  if (std::ranges::find(wrong_time, code) != wrong_time.end()) return signature_refusal::clock;
  return signature_refusal::none;
}

}  // namespace randomio::s3
