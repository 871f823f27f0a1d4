#include <randomio/backends/azure/credentials/chain.hpp>

#include <array>
#include <string_view>

#include <randomio/backends/azure/credentials/azure_cli.hpp>
#include <randomio/backends/azure/credentials/entra.hpp>
#include <randomio/backends/azure/credentials/managed_identity.hpp>
#include <randomio/backends/azure/credentials/static_provider.hpp>
#include <randomio/backends/http/credentials/refusal.hpp>

namespace randomio::azure {
namespace {

using made = result<std::unique_ptr<provider>>;

made known(result<credentials> what) {
  if (!what) return unexpected(std::move(what).error());
  return std::make_unique<static_provider>(*std::move(what));
}

made token(const options& what, const http::provider_context&) {
  return known(credentials{.what = credentials::kind::bearer, .value = what.authorised_by.token, .origin = "token"});
}
made account_key(const options& what, const http::provider_context&) {
  return known(from_account_key(what.account, what.authorised_by.account_key));
}
made sas(const options& what, const http::provider_context&) {
  return known(from_sas(what.authorised_by.sas));
}
made workload_identity(const options& what, const http::provider_context& in) {
  return std::make_unique<workload_identity_provider>(in, what.authorised_by);
}
made client_secret(const options& what, const http::provider_context& in) {
  return std::make_unique<client_secret_provider>(in, what.authorised_by);
}
made azure_cli(const options& what, const http::provider_context& in) {
  return std::make_unique<azure_cli_provider>(in, what.authorised_by.tenant_id);
}
made managed_identity(const options& what, const http::provider_context& in) {
  return std::make_unique<managed_identity_provider>(in, what.authorised_by);
}

bool is_application(const credential_options& who) {
  return !who.client_id.empty() && !who.tenant_id.empty();
}

struct source {
  std::string_view type;
  bool (*configured)(const credential_options&);
  made (*make)(const options&, const http::provider_context&);
};

// In the order in which they are tried. Source: the `object_store` crate, `AzureCredentialType`.
constexpr std::array sources{
    source{"bearer_token", [](const credential_options& who) { return !who.token.empty(); }, token},
    source{"access_key", [](const credential_options& who) { return !who.account_key.empty(); }, account_key},
    source{"workload_identity",
           [](const credential_options& who) { return is_application(who) && !who.federated_token_file.empty(); },
           workload_identity},
    source{"client_secret",
           [](const credential_options& who) { return is_application(who) && !who.client_secret.empty(); },
           client_secret},
    source{"sas_token", [](const credential_options& who) { return !who.sas.empty(); }, sas},
    source{"azure_cli", [](const credential_options& who) { return who.use_azure_cli; }, azure_cli},
    source{"managed_identity", [](const credential_options&) { return true; }, managed_identity},
};

}  // namespace

result<std::unique_ptr<provider>> provider_for(const options& what, const http::provider_context& in) {
  const auto& who = what.authorised_by;
  if (who.skip_signature) return known(credentials{.origin = "anonymous access"});
  const bool any = who.type.empty() || who.type == "auto";
  for (const auto& one : sources) {
    if (!any && one.type != who.type) continue;
    // Asking for the program is configuration enough.
    if (one.configured(who) || (!any && one.type == "azure_cli")) return one.make(what, in);
    if (!any) return http::refuse(errc::invalid, "credential_type " + who.type + ": what it needs is not all set");
  }
  std::string names = "auto";
  for (const auto& one : sources) names.append(", ").append(one.type);
  return http::refuse(errc::invalid, "unknown credential_type '" + who.type + "'; known are: " + names);
}

}  // namespace randomio::azure
