#include <randomio/backends/s3/setup.hpp>

#include <array>
#include <utility>

#include <randomio/backends/http/transport_settings.hpp>
#include <randomio/backends/http/url.hpp>

namespace randomio::s3 {
namespace {

constexpr std::array<std::pair<std::string_view, addressing>, 4> styles{{{"true", addressing::virtual_host},
                                                                         {"false", addressing::path},
                                                                         {"virtual", addressing::virtual_host},
                                                                         {"path", addressing::path}}};

options read_options(http::setting_reader& from, const profile_location& profile) {
  options out;
  out.bucket = from.text("bucket", {"AWS_BUCKET", "AWS_BUCKET_NAME"});
  out.prefix = from.text("prefix");
  out.region = from.text("region", {"AWS_REGION", "AWS_DEFAULT_REGION"});
  out.endpoint = profile.ignores_endpoints
                     ? from.text("endpoint")
                     : from.text("endpoint", {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"});
  if (out.region.empty()) out.region = profile.region;
  if (out.endpoint.empty()) out.endpoint = profile.endpoint;
  out.style = from.choice("virtual_hosted_style", styles, addressing::automatic, {"AWS_VIRTUAL_HOSTED_STYLE_REQUEST"});
  out.checksum = from.choice("checksum", checksum_algorithms, out.checksum, {"AWS_CHECKSUM_ALGORITHM"});
  out.storage_class = from.text("storage_class");
  out.requester_pays = from.flag("requester_pays", false, {"AWS_REQUEST_PAYER"});
  out.tagging = from.flag_unless("tagging", {"AWS_DISABLE_TAGGING"});
  out.bulk_delete = from.flag_unless("bulk_delete", {"AWS_DISABLE_BULK_DELETE"});
  out.unsafe_without_conditions = from.flag("unsafe_without_conditions", false);
  return out;
}

encryption read_encryption(http::setting_reader& from) {
  encryption out;
  out.what = from.choice("sse", encryption_names, out.what, {"AWS_SERVER_SIDE_ENCRYPTION"});
  out.kms_key_id = from.text("sse_kms_key_id", {"AWS_SSE_KMS_KEY_ID"});
  out.bucket_key = from.flag("sse_bucket_key", false, {"AWS_SSE_BUCKET_KEY_ENABLED"});
  auto key = from.text("sse_customer_key", {"AWS_SSE_CUSTOMER_KEY_BASE64"});
  // A key alone says what it is for.
  if (!key.empty() && out.what == encryption::kind::unspecified) out.what = encryption::kind::customer;
  out.customer_key = http::secret::taken_from(key);
  return out;
}

connection_options read_connection(http::setting_reader& from) {
  connection_options out;
  out.transport.allow_http = from.flag("allow_http", false, {"AWS_ALLOW_HTTP"});
  http::read_transport(from, "AWS_", out.transport, out.retry);
  // Over https the payload is guarded anyway.
  if (from.flag("sign_payload", false)) out.payload = payload_signing::always;
  return out;
}

/// Only what settings say: variables are the chain's to read, each time anew.
chain_options read_identity(http::setting_reader& from) {
  chain_options out;
  out.skip_signature = from.flag("skip_signature", false);
  out.keys.access_key_id = from.text("access_key_id");
  auto key = from.text("secret_access_key"), token = from.text("session_token");
  out.keys.secret_access_key = http::secret::taken_from(key);
  out.keys.session_token = http::secret::taken_from(token);
  if (!out.keys.access_key_id.empty()) out.keys.origin = "configuration";
  out.profile.profile = from.text("profile");
  out.role.role_arn = from.text("role_arn");
  out.role.session_name = from.text("role_session_name");
  out.role.external_id = from.text("external_id");
  out.web_identity_token_file = from.text("web_identity_token_file");
  return out;
}

/// What travels must be guarded, and a key above all. Source: Amazon S3 User Guide, "Using server-side encryption with
/// customer-provided keys": the service refuses one that came over http.
result<void> check_transport(const setup& made) {
  const auto at = http::url::parse(made.what.endpoint);
  if (!at || at->scheme != "http") return {};
  const auto refuse = [](std::string_view key, std::string_view why) {
    return unexpected(error(errc::invalid, operation::configure).with_key(key).with_message(why));
  };
  if (!made.how.transport.allow_http) {
    return refuse("endpoint",
                  "is plain http, which anybody on the way can read and change; allow_http = true allows it");
  }
  if (made.what.sse.what == encryption::kind::customer && !http::is_loopback(at->host)) {
    return refuse("sse_customer_key", "would travel in each request for anybody to read: the endpoint must be https");
  }
  return {};
}

/// Whether credentials come from a profile, or may.
bool needs_profile(const chain_options& who, const variable_lookup& variables) {
  if (who.is_anonymous(variables) || !who.keys.access_key_id.empty()) return !who.profile.profile.empty();
  const bool is_named = !who.profile.profile.empty() || variables("AWS_PROFILE") || variables("AWS_DEFAULT_PROFILE");
  return is_named || !variables("AWS_ACCESS_KEY_ID") || !variables("AWS_SECRET_ACCESS_KEY");
}

}  // namespace

result<setup> setup::from(const setting_lookup& settings, const variable_lookup& variables,
                          const location_lookup& profiles) {
  http::setting_reader reader(settings, variables);
  setup out;
  out.who = read_identity(reader);
  auto profile = profiles(out.who.profile.profile);
  if (!profile && !needs_profile(out.who, variables)) {
    out.remark = "what profiles say is left aside: " + std::string(profile.error().message());
    profile = profile_location{.ignores_endpoints = ignores_configured_endpoints(variables)};
  }
  if (!profile) return unexpected(profile.error());
  out.what = read_options(reader, *profile);
  out.what.sse = read_encryption(reader);
  out.how = read_connection(reader);
  out.who.sts_endpoint = profile->sts_endpoint;
  out.who.region = out.what.region == "auto" ? "" : out.what.region;
  if (!reader.outcome()) return unexpected(reader.outcome().error());
  if (out.what.bucket.empty()) {
    return unexpected(
        error(errc::invalid, operation::configure).with_key("bucket").with_message("expected the name of a bucket"));
  }
  if (out.who.keys.access_key_id.empty() != out.who.keys.secret_access_key.empty()) {
    const auto* missing = out.who.keys.access_key_id.empty() ? "access_key_id" : "secret_access_key";
    return unexpected(error(errc::invalid, operation::configure)
                          .with_key(missing)
                          .with_message("is missing: a key has an id and a secret"));
  }
  if (auto guarded = check_transport(out); !guarded) return unexpected(std::move(guarded).error());
  return out;
}

result<std::unique_ptr<store>> setup::open(blocking_pool& pool) && {
  if (!how.credentials) {
    how.credentials = [who = std::move(who)](const provider_context& in) { return make_chain(in, who); };
  }
  return open_store(std::move(what), std::move(how), pool);
}

}  // namespace randomio::s3
