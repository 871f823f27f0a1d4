#include <randomio/backends/s3/credentials/instance_metadata.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

#include <randomio/backends/http/percent.hpp>
#include <randomio/backends/s3/credentials/fetch.hpp>
#include <randomio/backends/s3/credentials/json_credentials.hpp>
#include <randomio/backends/s3/credentials/refusal.hpp>

namespace randomio::s3 {
namespace {

// Six hours, the longest that the service gives.
constexpr std::int64_t token_lives_seconds = 21600;
constexpr std::string_view role_path = "/latest/meta-data/iam/security-credentials/";

std::string endpoint_of(const provider_context& in, const std::string& set) {
  auto out = set;
  if (out.empty()) out = in.variable({"AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_METADATA_ENDPOINT"}).value_or("");
  if (out.empty()) {
    const auto mode = in.variable({"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"}).value_or("IPv4");
    out = http::same_name(mode, "IPv6") ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
  }
  while (out.ends_with('/')) out.pop_back();
  return out;
}

// A variable that is a small number, as boto3 has them.
unsigned number(const provider_context& in, std::string_view name, unsigned otherwise, unsigned max) {
  const auto text = in.variable({name}).value_or("");
  unsigned value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  return wrong == std::errc{} && end == text.data() + text.size() ? std::clamp(value, 1U, max) : otherwise;
}

bool is_true(const std::optional<std::string>& value) {
  return value && (http::same_name(*value, "true") || *value == "1");
}

unexpected answered(int status, std::string_view what) {
  const auto why = status >= 500 ? errc::unreachable : status == 404 ? errc::not_found : errc::unauthenticated;
  std::string message = "instance metadata: ";
  message.append(what).append(": it answered ").append(std::to_string(status));
  return unexpected(error(why, operation::none, status).with_message(message));
}

}  // namespace

instance_metadata_provider::instance_metadata_provider(const provider_context& in, options with)
    : in_(in),
      with_(std::move(with)),
      endpoint_(endpoint_of(in, with_.endpoint)),
      time_for_reply_(std::chrono::seconds(number(in, "AWS_METADATA_SERVICE_TIMEOUT", 1, 60))),
      attempts_(number(in, "AWS_METADATA_SERVICE_NUM_ATTEMPTS", 1, 10)) {
  if (is_true(in.variable({"AWS_IMDSV1_FALLBACK"}))) with_.version_1 = true;
}

// Each attempt with its own short time: where there is no such service, packets to it are often dropped.
task<result<http::reply>> instance_metadata_provider::ask(http::request what) {
  result<http::reply> got = fail(errc::unreachable);
  for (unsigned attempt = 0; attempt < attempts_; ++attempt) {
    got = co_await fetch(in_.local, what, time_for_reply_);
    if (got && got->status < 500) co_return got;
  }
  if (!got) co_return unexpected(in_context(got.error(), "instance metadata: no answer from " + endpoint_));
  co_return got;
}

task<result<void>> instance_metadata_provider::renew_token() {
  http::request what;
  what.verb = http::method::put;
  what.url = endpoint_ + "/latest/api/token";
  what.headers.add("X-aws-ec2-metadata-token-ttl-seconds", std::to_string(token_lives_seconds));
  what.collected_bytes_max = 4096;
  const auto asked_at = in_.now();
  token_ = {};
  auto got = co_await ask(std::move(what));
  if (!got) co_return unexpected(std::move(got).error());
  if (got->status != 200) {
    const bool unknown = got->status == 403 || got->status == 404 || got->status == 405;
    if (unknown && with_.version_1) co_return result<void>{};
    co_return unexpected(answered(got->status, "its token"));
  }
  token_ = secret::taken_from(got->body);
  if (token_.reveal().find_first_of("\r\n") != std::string_view::npos) token_ = {};
  if (token_.empty()) co_return refuse(errc::corrupt, "instance metadata: no token in its answer");
  // A minute less than it lives, for the way.
  token_expires_ = {.seconds = asked_at.seconds + token_lives_seconds - 60};
  co_return result<void>{};
}

task<result<http::reply>> instance_metadata_provider::read(std::string path) {
  for (bool again = false;; again = true) {
    if (token_.empty() || in_.now() >= token_expires_ || again) {
      if (auto done = co_await renew_token(); !done) co_return unexpected(std::move(done).error());
    }
    http::request what;
    what.url = endpoint_ + path;
    what.collected_bytes_max = std::size_t{64} << 10;
    if (!token_.empty()) what.headers.add("X-aws-ec2-metadata-token", token_.reveal());
    auto got = co_await ask(std::move(what));
    // The token is not good any more, for instance because the instance was restored elsewhere.
    if (!got || got->status != 401 || again) co_return got;
  }
}

task<result<credentials>> instance_metadata_provider::get() {
  if (is_true(in_.variable({"AWS_EC2_METADATA_DISABLED"}))) {
    co_return refuse(errc::not_found, "AWS_EC2_METADATA_DISABLED is true");
  }
  auto roles = co_await read(std::string(role_path));
  if (!roles) co_return unexpected(std::move(roles).error());
  if (roles->status == 404) co_return refuse(errc::not_found, "instance metadata: this instance has no role");
  if (roles->status != 200) co_return unexpected(answered(roles->status, "the role's name"));
  const auto role = roles->body.substr(0, roles->body.find_first_of("\r\n"));
  if (role.empty()) co_return refuse(errc::not_found, "instance metadata: this instance has no role");
  auto got = co_await read(std::string(role_path) + http::percent_encode(role));
  if (!got) co_return unexpected(std::move(got).error());
  const auto body = secret::taken_from(got->body);
  if (got->status != 200) co_return unexpected(answered(got->status, "the role's credentials"));
  auto found = credentials_from_json(body.reveal());
  if (!found) co_return unexpected(in_context(found.error(), "instance metadata: the role's credentials"));
  found->origin = "instance metadata, role '" + quotable(role) + "'";
  co_return found;
}

}  // namespace randomio::s3
