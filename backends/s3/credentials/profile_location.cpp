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

}  // namespace

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
  // The variable goes before the file, whichever way it decides.
  if (!variables("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) {
    out.ignores_endpoints = is_true(settings->get("ignore_configured_endpoint_urls"));
  }
  if (out.ignores_endpoints) return out;
  if (const auto services = settings->get("services"); !services.empty()) {
    const auto* section = config->services(services);
    if (section == nullptr) {
      return refuse(errc::invalid, "profile '" + profile + "' in '" + files.config + "': there is no [services " +
                                       std::string(services) + "]");
    }
    out.endpoint = section->nested("s3", "endpoint_url");
  }
  if (out.endpoint.empty()) out.endpoint = settings->get("endpoint_url");
  return out;
}

}  // namespace randomio::s3
