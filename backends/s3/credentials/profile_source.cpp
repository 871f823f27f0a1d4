#include <randomio/backends/s3/credentials/profile_source.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

#include <randomio/backends/s3/credentials/assume_role.hpp>
#include <randomio/backends/s3/credentials/container.hpp>
#include <randomio/backends/s3/credentials/environment.hpp>
#include <randomio/backends/s3/credentials/instance_metadata.hpp>
#include <randomio/backends/s3/credentials/process.hpp>
#include <randomio/backends/s3/credentials/profile_location.hpp>
#include <randomio/backends/s3/credentials/refusal.hpp>
#include <randomio/backends/s3/credentials/sso.hpp>
#include <randomio/backends/s3/credentials/static_provider.hpp>
#include <randomio/backends/s3/credentials/web_identity.hpp>

namespace randomio::s3 {
namespace {

std::string called(std::string_view profile) {
  return "profile '" + std::string(profile) + "'";
}

bool has_keys(const config_section& settings) {
  return settings.has("aws_access_key_id") && settings.has("aws_secret_access_key");
}

role_request role_of(const config_section& settings) {
  role_request out{.role_arn = std::string(settings.get("role_arn")),
                   .session_name = std::string(settings.get("role_session_name")),
                   .external_id = std::string(settings.get("external_id"))};
  const auto text = settings.get("duration_seconds");
  std::int64_t seconds = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (wrong == std::errc{} && end == text.data() + text.size()) out.duration = std::chrono::seconds(seconds);
  return out;
}

}  // namespace

result<std::unique_ptr<provider>> profile_source::of(std::string_view profile) {
  const auto* settings = config_.profile(profile);
  if (settings == nullptr) return refuse(errc::not_found, "there is no " + called(profile));
  if (region_.empty()) region_ = settings->get("region");
  const bool again = std::ranges::find(visited_, profile) != visited_.end();
  // A profile may name itself, to assume its role with its own keys.
  if (again && has_keys(*settings)) return keys(profile, *settings);
  if (again) {
    std::string circle;
    for (const auto& one : visited_) circle.append("'").append(one).append("' -> ");
    return refuse(errc::invalid, "source_profile leads in a circle: " + circle + "'" + std::string(profile) + "'");
  }
  visited_.emplace_back(profile);
  return settings->has("role_arn") ? role(profile, *settings) : own(profile, *settings);
}

profile_source::made profile_source::role(std::string_view profile, const config_section& settings) {
  if (settings.has("mfa_serial")) {
    return refuse(errc::unsupported, called(profile) +
                                         " asks for an MFA code (mfa_serial), which nobody is there to type; "
                                         "use a profile without it, or credential_process");
  }
  const auto at = sts_endpoint::of(in_, region_, configured_endpoint(in_.variables, config_, settings, "sts"));
  if (settings.has("web_identity_token_file")) {
    return std::make_unique<web_identity_provider>(
        in_,
        web_identity_provider::options{.token_file = std::string(settings.get("web_identity_token_file")),
                                       .role = role_of(settings)},
        at);
  }
  const auto from = settings.get("source_profile"), source = settings.get("credential_source");
  if (from.empty() == source.empty()) {
    return refuse(errc::invalid,
                  called(profile) + " has a role_arn, and " + (from.empty() ? "neither" : "both") +
                      " source_profile and credential_source; it needs one of them to assume the role with");
  }
  auto with = from.empty() ? named_source(profile, source) : of(from);
  if (!with && with.error() == errc::not_found) {
    return refuse(errc::invalid, called(profile) + " has source_profile = " + std::string(from) + ": " +
                                     std::string(with.error().message()));
  }
  if (!with) return with;
  return std::make_unique<assume_role_provider>(in_, std::move(*with), role_of(settings), at);
}

profile_source::made profile_source::named_source(std::string_view profile, std::string_view source) const {
  if (source == "Environment") return std::make_unique<environment_provider>(in_);
  if (source == "Ec2InstanceMetadata") {
    return std::make_unique<instance_metadata_provider>(in_, instance_metadata_provider::options{});
  }
  if (source == "EcsContainer") return std::make_unique<container_provider>(in_);
  return refuse(errc::invalid,
                called(profile) + ": credential_source is none of Environment, Ec2InstanceMetadata, EcsContainer");
}

profile_source::made profile_source::own(std::string_view profile, const config_section& settings) const {
  if (settings.has("aws_access_key_id") || settings.has("aws_secret_access_key")) return keys(profile, settings);
  if (settings.has("sso_account_id") || settings.has("sso_role_name")) return sso(profile, settings);
  if (settings.has("credential_process")) {
    return std::make_unique<process_provider>(in_, std::string(settings.get("credential_process")));
  }
  return refuse(errc::not_found, called(profile) + " says nothing about credentials");
}

profile_source::made profile_source::keys(std::string_view profile, const config_section& settings) const {
  if (!has_keys(settings)) {
    const bool id = settings.has("aws_access_key_id");
    return refuse(errc::invalid, called(profile) + " has " + (id ? "aws_access_key_id" : "aws_secret_access_key") +
                                     ", but no " + (id ? "aws_secret_access_key" : "aws_access_key_id"));
  }
  credentials known{.access_key_id = std::string(settings.get("aws_access_key_id")),
                    .secret_access_key = secret{settings.get("aws_secret_access_key")},
                    .session_token = secret{settings.get("aws_session_token")},
                    .origin = called(profile)};
  return std::make_unique<static_provider>(std::move(known));
}

profile_source::made profile_source::sso(std::string_view profile, const config_section& settings) const {
  const auto session = settings.get("sso_session");
  const auto* shared = session.empty() ? &settings : config_.sso_session(session);
  if (shared == nullptr) {
    return refuse(errc::invalid, called(profile) + ": there is no [sso-session " + std::string(session) + "]");
  }
  sso_provider::options with{.session = std::string(session),
                             .start_url = std::string(shared->get("sso_start_url")),
                             .region = std::string(shared->get("sso_region")),
                             .account_id = std::string(settings.get("sso_account_id")),
                             .role_name = std::string(settings.get("sso_role_name")),
                             .cache_directory = sso_cache_};
  const auto missing = with.start_url.empty()    ? "sso_start_url"
                       : with.region.empty()     ? "sso_region"
                       : with.account_id.empty() ? "sso_account_id"
                       : with.role_name.empty()  ? "sso_role_name"
                                                 : nullptr;
  if (missing != nullptr) return refuse(errc::invalid, called(profile) + " has no " + missing);
  return std::make_unique<sso_provider>(in_, std::move(with));
}

}  // namespace randomio::s3
