#include <randomio/backends/s3/s3_error.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <randomio/backends/http/status.hpp>
#include <randomio/backends/http/xml.hpp>

namespace randomio::s3 {
namespace {

using code_entry = std::pair<std::string_view, errc>;

// Sorted. Codes that mean what their status says are not in it.
constexpr auto known_codes = std::to_array<code_entry>({
    {"AccessDenied", errc::permission_denied},
    {"AccountProblem", errc::permission_denied},
    {"AllAccessDisabled", errc::permission_denied},
    {"AuthorizationHeaderMalformed", errc::invalid},
    {"BadDigest", errc::corrupt},
    {"ConditionalRequestConflict", errc::busy},
    {"EntityTooLarge", errc::too_large},
    {"ExpiredToken", errc::unauthenticated},
    {"InsufficientStorage", errc::no_space},
    {"InternalError", errc::unreachable},
    {"InvalidAccessKeyId", errc::unauthenticated},
    {"InvalidDigest", errc::corrupt},
    {"InvalidObjectState", errc::permission_denied},  // Archived: it must be restored before it can be read.
    {"InvalidRange", errc::range},
    {"InvalidToken", errc::unauthenticated},
    {"KeyTooLongError", errc::name_too_long},
    {"MetadataTooLarge", errc::no_space},
    {"MissingSecurityHeader", errc::unauthenticated},
    {"NoSuchBucket", errc::no_such_address},  // Not not_found: no key in it has been looked for.
    {"NoSuchKey", errc::not_found},
    {"NoSuchUpload", errc::not_found},
    {"NoSuchVersion", errc::not_found},
    {"NotImplemented", errc::unsupported},
    {"NotSignedUp", errc::permission_denied},
    {"OperationAborted", errc::busy},
    {"PreconditionFailed", errc::precondition_failed},
    {"QuotaExceeded", errc::no_space},
    {"RequestLimitExceeded", errc::throttled},
    {"RequestTimeTooSkewed", errc::unauthenticated},
    {"RequestTimeout", errc::timed_out},
    {"ServiceUnavailable", errc::throttled},
    {"SignatureDoesNotMatch", errc::unauthenticated},
    {"SlowDown", errc::throttled},
    {"Throttling", errc::throttled},
    {"ThrottlingException", errc::throttled},
    {"TokenRefreshRequired", errc::unauthenticated},
    {"TooManyParts", errc::too_large},
    {"TooManyRequests", errc::throttled},
    {"XAmzContentChecksumMismatch", errc::corrupt},
    {"XAmzContentSHA256Mismatch", errc::corrupt},
});
static_assert(std::ranges::is_sorted(known_codes, {}, &code_entry::first));

errc code_of_status(int status) noexcept {
  return status == 507 ? errc::no_space : http::errc_of_status(status);  // WebDAV's, of some services that speak S3.
}

/// For replies without a body, as all to HEAD are.
std::string_view words_for(int status) noexcept {
  switch (status) {
    case 301: return "the bucket is in another region";
    case 400: return "the service refuses the request; credentials, region or the customer key may be wrong";
    case 403: return "access denied";
    default: return {};
  }
}

/// Whether the next attempt may not have this failure; `status` decides where its code is not known.
bool may_pass(int status, const http::reply& reply) {
  switch (code_of(status, service_error::of(reply).code, precondition::kind::none)) {
    case errc::unreachable:
    case errc::throttled:
    case errc::timed_out: return true;
    default: return false;
  }
}

}  // namespace

service_error service_error::of(const http::reply& reply) {
  service_error out;
  if (const auto region = reply.headers.find("x-amz-bucket-region")) out.region = *region;
  if (const auto parsed = http::xml_reply::parse(reply.body, "Error")) {
    const auto root = parsed->root();
    out.code = root.child("Code").text();
    out.message = root.child("Message").text();
    out.condition = root.child("Condition").text();
    if (out.region.empty()) out.region = root.child("Region").text();
  }
  return out;
}

errc code_of(int status, std::string_view service_code, precondition::kind condition) noexcept {
  const auto at = std::ranges::lower_bound(known_codes, service_code, {}, &code_entry::first);
  const bool is_known = at != known_codes.end() && at->first == service_code;
  auto code = is_known ? at->second : code_of_status(status);
  if (code == errc::precondition_failed && condition == precondition::kind::absent) code = errc::already_exists;
  // What should have had a version and is gone has it no longer. Source: RFC 9110 §13.1.1, and PutObject's 404.
  if (code == errc::not_found && condition == precondition::kind::matches && service_code != "NoSuchUpload") {
    code = errc::precondition_failed;
  }
  return code;
}

error error_of(const http::reply& reply, const asked& what) {
  return error_of(reply, service_error::of(reply), what);
}

error error_of(const http::reply& reply, const service_error& failure, const asked& what) {
  std::string text = failure.code;
  const auto words = failure.message.empty() ? words_for(reply.status) : std::string_view(failure.message);
  if (!text.empty() && !words.empty()) text += ": ";
  text += words;
  if (!failure.region.empty() && reply.status < 500) text += " (the bucket is in " + failure.region + ")";
  if (reply.attempts > 1) text += " (after " + std::to_string(reply.attempts) + " attempts)";
  auto made = error(code_of(reply.status, failure.code, what.condition), what.op, reply.status).with_key(what.key);
  if (!text.empty()) made = std::move(made).with_message(text);
  if (const auto id = reply.headers.find("x-amz-request-id")) made = std::move(made).with_request_id(*id);
  return made;
}

error unreadable(const http::reply& reply, const asked& what, std::string_view why) {
  auto made = error(errc::corrupt, what.op, reply.status).with_key(what.key).with_message(why);
  if (const auto id = reply.headers.find("x-amz-request-id")) made = std::move(made).with_request_id(*id);
  return made;
}

bool failed_inside(const http::reply& reply) {
  // The service sends spaces while it works; the declaration comes first or after them.
  std::string_view rest = reply.body;
  const auto skip_blanks = [&] { rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size())); };
  skip_blanks();
  if (rest.starts_with("<?xml")) {
    rest.remove_prefix(std::min(rest.find("?>"), rest.size()));
    rest.remove_prefix(std::min<std::size_t>(2, rest.size()));
    skip_blanks();
  }
  return rest.starts_with("<Error>") || rest.starts_with("<Error ");
}

bool failed_inside_for_now(const http::reply& reply) {
  return failed_inside(reply) && may_pass(500, reply);
}

bool asks_to_try_again(const http::reply& reply) {
  return reply.status >= 400 && reply.status < 500 && may_pass(reply.status, reply);
}

}  // namespace randomio::s3
