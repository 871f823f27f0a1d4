#include <randomio/backends/azure/azure_error.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <randomio/backends/http/credentials/refusal.hpp>
#include <randomio/backends/http/status.hpp>
#include <randomio/backends/http/xml.hpp>

namespace randomio::azure {
namespace {

using code_entry = std::pair<std::string_view, errc>;

// Sorted. Codes that mean what their status says are not in it.
// Source: Azure Storage REST API, "Common REST API error codes" and "Blob Storage error codes".
constexpr auto known_codes = std::to_array<code_entry>({
    {"AccountIsDisabled", errc::permission_denied},
    {"AppendPositionConditionNotMet", errc::precondition_failed},
    {"AuthenticationFailed", errc::unauthenticated},
    {"BlobAlreadyExists", errc::already_exists},
    {"BlobArchived", errc::permission_denied},  // It must be rehydrated before it can be read.
    {"BlobBeingRehydrated", errc::permission_denied},
    {"BlobImmutableDueToPolicy", errc::not_permitted},
    {"BlobNotFound", errc::not_found},
    {"BlockCountExceedsLimit", errc::too_large},
    {"BlockListTooLong", errc::too_large},
    {"ConditionNotMet", errc::precondition_failed},
    {"ContainerBeingDeleted", errc::no_such_address},
    {"ContainerDisabled", errc::no_such_address},
    {"ContainerNotFound", errc::no_such_address},  // Not not_found: no blob in it has been looked for.
    {"Crc64Mismatch", errc::corrupt},
    {"FeatureVersionMismatch", errc::unsupported},
    {"InternalError", errc::unreachable},
    {"InvalidAuthenticationInfo", errc::unauthenticated},
    {"InvalidBlobOrBlock", errc::busy},  // Somebody else's blocks have ids of another length.
    {"InvalidBlobType", errc::unsupported},
    {"InvalidBlockList", errc::busy},  // A commit of somebody else discards all uncommitted blocks, ours too.
    {"InvalidMd5", errc::corrupt},
    {"InvalidRange", errc::range},
    {"LeaseAlreadyPresent", errc::busy},
    {"LeaseIdMismatchWithBlobOperation", errc::busy},
    {"LeaseIdMismatchWithLeaseOperation", errc::busy},
    {"LeaseIdMissing", errc::busy},
    {"LeaseIsBreakingAndCannotBeAcquired", errc::busy},
    {"MaxBlobSizeConditionNotMet", errc::too_large},
    {"Md5Mismatch", errc::corrupt},
    {"MetadataTooLarge", errc::no_space},
    {"NoAuthenticationInformation", errc::unauthenticated},
    {"OperationTimedOut", errc::timed_out},
    {"PendingCopyOperation", errc::busy},
    {"RequestBodyTooLarge", errc::too_large},
    {"ResourceNotFound", errc::not_found},
    {"ServerBusy", errc::throttled},
    {"SnapshotsPresent", errc::not_permitted},
    {"SourceConditionNotMet", errc::precondition_failed},
    {"TargetConditionNotMet", errc::precondition_failed},
    {"UncommittedBlockCountExceedsLimit", errc::too_large},
    {"UnsupportedHeader", errc::unsupported},
});
static_assert(std::ranges::is_sorted(known_codes, {}, &code_entry::first));

// The service's text, of which the second line on repeats the request id and the time.
std::string message_of(const http::reply& reply) {
  const auto parsed = http::xml_reply::parse(reply.body, "Error");
  if (!parsed) return {};
  const auto text = parsed->root().child("Message").text();
  return http::quotable_without_tokens(text.substr(0, text.find('\n')));
}

error with_request_id(error made, const http::reply& reply) {
  if (const auto id = reply.headers.find("x-ms-request-id")) made = std::move(made).with_request_id(*id);
  return made;
}

}  // namespace

std::string service_code_of(const http::reply& reply) {
  if (const auto code = reply.headers.find("x-ms-error-code")) return std::string(*code);
  const auto parsed = http::xml_reply::parse(reply.body, "Error");
  return parsed ? std::string(parsed->root().child("Code").text()) : std::string{};
}

errc code_of(int status, std::string_view service_code, precondition::kind condition) noexcept {
  const auto at = std::ranges::lower_bound(known_codes, service_code, {}, &code_entry::first);
  const bool is_known = at != known_codes.end() && at->first == service_code;
  auto code = is_known ? at->second : http::errc_of_status(status);
  if (code == errc::precondition_failed && condition == precondition::kind::absent &&
      service_code != "SourceConditionNotMet") {
    code = errc::already_exists;
  }
  // What should have had a version and is gone has it no longer. Source: RFC 9110 §13.1.1.
  if (code == errc::not_found && condition == precondition::kind::matches) code = errc::precondition_failed;
  return code;
}

error error_of(const http::reply& reply, const asked& what) {
  auto text = service_code_of(reply);
  const auto code = code_of(reply.status, text, what.condition);
  if (const auto words = message_of(reply); !words.empty()) text += (text.empty() ? "" : ": ") + words;
  if (reply.attempts > 1) text += " (after " + std::to_string(reply.attempts) + " attempts)";
  auto made = error(code, what.op, reply.status).with_key(what.key);
  if (!text.empty()) made = std::move(made).with_message(text);
  return with_request_id(std::move(made), reply);
}

error unreadable(const http::reply& reply, const asked& what, std::string_view why) {
  return with_request_id(error(errc::corrupt, what.op, reply.status).with_key(what.key).with_message(why), reply);
}

}  // namespace randomio::azure
