#include <randomio/backends/r2/r2.hpp>

#include <algorithm>

#include <randomio/backends/s3/s3_error.hpp>

namespace randomio::r2 {
namespace {

constexpr std::uint64_t MiB = std::uint64_t{1} << 20, GiB = std::uint64_t{1} << 30, TiB = std::uint64_t{1} << 40;

// Below the powers of two: by 5 MiB for one request, by 5 GiB for an object. Source: /r2/platform/limits, notes.
constexpr std::uint64_t request_bytes_max = 5 * GiB - 5 * MiB;
constexpr std::uint64_t object_bytes_max = 5 * TiB - 5 * GiB;
constexpr std::uint32_t metadata_bytes_max = 8192;

// A real refusal comes back as often as it is asked for, so it is not asked often.
constexpr unsigned forbidden_attempts_max = 4;

bool is_label(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 63 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

result<s3::options> options_for(const location& where, s3::options with) {
  if (with.endpoint.empty()) {
    if (!is_label(where.account)) {
      return unexpected(error(errc::invalid, operation::configure)
                            .with_key("account")
                            .with_message("expected the id of an account, got \"" + where.account + '"'));
    }
    if (!where.jurisdiction.empty() && !is_label(where.jurisdiction)) {
      return unexpected(error(errc::invalid, operation::configure)
                            .with_key("jurisdiction")
                            .with_message("expected a name like eu, got \"" + where.jurisdiction + '"'));
    }
    with.endpoint = "https://" + where.account + (where.jurisdiction.empty() ? "" : "." + where.jurisdiction) +
                    ".r2.cloudflarestorage.com";
    with.honours = object::conditions{.put = true, .complete = true, .copy = true, .copy_source = true};
  }
  if (with.region.empty()) with.region = "auto";
  if (with.style == s3::addressing::automatic) with.style = s3::addressing::path;

  with.allows.uniform_parts = true;
  with.allows.part_bytes_max = request_bytes_max;
  with.allows.put_bytes_max = request_bytes_max;
  with.allows.copy_bytes_max = request_bytes_max;
  with.allows.object_bytes_max = object_bytes_max;
  with.allows.metadata_bytes_max = metadata_bytes_max;

  with.tagging = false;
  with.keep_service_fields = false;
  with.copy_condition_prefix = "cf-copy-destination-";
  // Without it, what was stored packed is unpacked on the way.
  with.accept_encoding = "gzip";
  return with;
}

http::retry_options retry_options_for(http::retry_options with) {
  with.throttles = may_be_throttled;
  with.throttles_attempts_max = forbidden_attempts_max;
  return with;
}

bool may_be_throttled(const http::reply& reply) {
  if (s3::asks_to_try_again(reply)) return true;
  if (reply.status != 403) return false;
  // A wrong key or signature has a name of its own, and replies to HEAD have none at all.
  const auto failure = s3::service_error::of(reply);
  return failure.code.empty() || failure.code == "AccessDenied";
}

}  // namespace randomio::r2
