#include <randomio/backends/s3/credentials/profile_location.hpp>

#include <randomio/backends/http/fields.hpp>
#include <randomio/backends/s3/credentials/refusal.hpp>
#include <randomio/backends/s3/credentials/shared_files.hpp>

namespace randomio::s3 {
namespace {

bool is_true(std::string_view text) noexcept {
  return http::same_name(text, "true");
}

std::string profile_of(const variable_lookup& variables, std::string_view name) {
  if (!name.empty()) return std::string(name);
  for (const auto* variable : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) {
    if (auto set = variables(variable); set && !set->empty()) return *std::move(set);
  }
  return "default";
}

// The variable goes before the file, whichever way it decides.
bool passes_over_endpoints(const variable_lookup& variables, const config_section& profile) {
  if (variables("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) return ignores_configured_endpoints(variables);
  return is_true(profile.get("ignore_configured_endpoint_urls"));
}

}  // namespace

std::string configured_endpoint(const variable_lookup& variables, const shared_config& in,
                                const config_section& profile, std::string_view service) {
  if (passes_over_endpoints(variables, profile)) return {};
  const auto* section = in.services(profile.get("services"));
  const auto own = section == nullptr ? std::string_view{} : section->nested(service, "endpoint_url");
  return std::string(own.empty() ? profile.get("endpoint_url") : own);
}

bool ignores_configured_endpoints(const variable_lookup& variables) {
  return is_true(variables("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").value_or(""));
}

result<profile_location> profile_location::of(const variable_lookup& variables, std::string_view name) {
  profile_location out{.ignores_endpoints = ignores_configured_endpoints(variables)};
  const auto files = shared_files::of(variables, {}, {});
  const auto config = files.read();
  if (!config) return unexpected(config.error());
  const auto profile = profile_of(variables, name);
  const auto* settings = config->profile(profile);
  if (settings == nullptr) return out;
  out.region = settings->get("region");
  out.ignores_endpoints = passes_over_endpoints(variables, *settings);
  const auto services = settings->get("services");
  if (!out.ignores_endpoints && !services.empty() && config->services(services) == nullptr) {
    return refuse(errc::invalid, "profile '" + profile + "' in '" + files.config + "': there is no [services " +
                                     std::string(services) + "]");
  }
  out.endpoint = configured_endpoint(variables, *config, *settings, "s3");
  out.sts_endpoint = configured_endpoint(variables, *config, *settings, "sts");
  return out;
}

}  // namespace randomio::s3
