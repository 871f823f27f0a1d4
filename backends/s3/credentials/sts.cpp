#include <randomio/backends/s3/credentials/sts.hpp>

#include <array>
#include <span>

#include <randomio/backends/http/percent.hpp>
#include <randomio/backends/s3/credentials/fetch.hpp>
#include <randomio/backends/s3/credentials/profile_location.hpp>
#include <randomio/backends/s3/credentials/sts_reply.hpp>
#include <randomio/backends/s3/sigv4.hpp>

namespace randomio::s3 {
namespace {

constexpr std::chrono::seconds time_for_reply{30};

struct partition {
  std::string_view region_prefix;
  std::string_view domain;
};
// Source: the partitions of AWS's SDKs.
constexpr std::array<partition, 6> partitions = {{{"cn-", "amazonaws.com.cn"},
                                                  {"us-isob-", "sc2s.sgov.gov"},
                                                  {"us-iso-", "c2s.ic.gov"},
                                                  {"us-isof-", "csp.hci.ic.gov"},
                                                  {"eu-isoe-", "cloud.adc-e.uk"},
                                                  {"eusc-", "amazonaws.eu"}}};

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

std::string service_endpoint(std::string_view service, std::string_view region) {
  std::string_view domain = "amazonaws.com";
  for (const auto& one : partitions) {
    if (region.starts_with(one.region_prefix)) domain = one.domain;
  }
  std::string out = "https://";
  out.append(service).append(".").append(region).append(".").append(domain);
  return out;
}

sts_endpoint sts_endpoint::of(const provider_context& in, std::string_view region, std::string configured) {
  sts_endpoint out{.url = {}, .region = std::string(region)};
  if (out.region.empty()) out.region = in.variable({"AWS_REGION", "AWS_DEFAULT_REGION"}).value_or("us-east-1");
  if (!ignores_configured_endpoints(in.variables)) {
    if (auto set = in.variable({"AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"})) configured = std::move(*set);
    if (!configured.empty()) {
      out.url = without_slash(std::move(configured));
      return out;
    }
  }
  if (in.variable({"AWS_STS_REGIONAL_ENDPOINTS"}) == "legacy" && !out.region.starts_with("cn-")) {
    return {.url = "https://sts.amazonaws.com", .region = "us-east-1"};
  }
  out.url = service_endpoint("sts", out.region);
  return out;
}

sts_query::sts_query(std::string_view action) {
  // Tokens are a few KiB: with room for them, growing leaves no copies behind.
  body_.reserve(std::size_t{32} << 10);
  add("Action", action);
  add("Version", "2011-06-15");
}

sts_query::~sts_query() {
  wipe(body_);
}

void sts_query::add(std::string_view name, std::string_view value) {
  if (!body_.empty()) body_ += '&';
  body_.append(name).append("=");
  http::append_percent_encoded(body_, value);
}

void sts_query::add(const role_request& role) {
  add("RoleArn", role.role_arn);
  add("RoleSessionName", role.session_name.empty() ? std::string_view("randomio") : role.session_name);
  if (!role.external_id.empty()) add("ExternalId", role.external_id);
  if (role.duration.count() > 0) add("DurationSeconds", std::to_string(role.duration.count()));
}

task<result<credentials>> ask_sts(const provider_context& in, const sts_endpoint& at, const sts_query& query,
                                  const credentials& with, const secret& token) {
  const auto piece = std::as_bytes(std::span(query.body()));
  http::request what;
  what.verb = http::method::post;
  what.url = at.url + "/";
  what.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  what.body = std::span(&piece, 1);
  const signer sign_for(signing_options::of_service("sts", at.region));
  if (auto done = sign_for.sign(what, with, in.now()); !done) co_return unexpected(std::move(done).error());
  auto got = co_await fetch(in.services, std::move(what), time_for_reply);
  if (!got) co_return unexpected(std::move(got).error().with_message("no answer from " + at.url));
  const std::array sent = {with.secret_access_key, with.session_token, token};
  co_return credentials_from_sts(*got, sent);
}

}  // namespace randomio::s3
