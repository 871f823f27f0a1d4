#include <randomio/backends/azure/credentials/managed_identity.hpp>

#include <randomio/backends/azure/credentials/token_reply.hpp>
#include <randomio/backends/azure/sas.hpp>
#include <randomio/backends/http/percent.hpp>

namespace randomio::azure {
namespace {

// It is the source that is asked last.
constexpr std::string_view nothing_else =
    "; no other credentials are configured, such as AZURE_STORAGE_ACCOUNT_KEY, AZURE_STORAGE_SAS_TOKEN or "
    "AZURE_CLIENT_SECRET with AZURE_CLIENT_ID and AZURE_TENANT_ID";

}  // namespace

task<result<credentials>> managed_identity_provider::get() {
  constexpr std::string_view origin = "managed identity";
  const bool on_app_service = !who_.identity_header.empty();
  auto url = who_.msi_endpoint.empty() ? std::string("http://169.254.169.254/metadata/identity/oauth2/token")
                                       : who_.msi_endpoint;
  append_query(url, on_app_service ? "api-version=2019-08-01" : "api-version=2018-02-01");
  append_query(url, "resource=" + http::percent_encode(storage_resource));
  // Which one, when there are several: at most one of these.
  if (!who_.client_id.empty()) {
    append_query(url, "client_id=" + http::percent_encode(who_.client_id));
  } else if (!who_.object_id.empty()) {
    append_query(url, (on_app_service ? "principal_id=" : "object_id=") + http::percent_encode(who_.object_id));
  } else if (!who_.msi_resource_id.empty()) {
    append_query(url, (on_app_service ? "mi_res_id=" : "msi_res_id=") + http::percent_encode(who_.msi_resource_id));
  }
  http::request what;
  what.url = std::move(url);
  if (on_app_service) {
    what.headers.add("X-IDENTITY-HEADER", who_.identity_header.reveal());
  } else {
    what.headers.add("Metadata", "true");
  }
  auto got = co_await in_.local.send(what);
  if (!got) {
    co_return unexpected(error(got.error().code())
                             .with_message("managed identity: no answer (" + std::string(got.error().message()) + ")" +
                                           std::string(nothing_else)));
  }
  auto token = token_of(*got, in_.now(), origin);
  http::wipe(got->body);
  if (!token) {
    co_return unexpected(
        error(token.error().code()).with_message(std::string(token.error().message()) + std::string(nothing_else)));
  }
  co_return token;
}

}  // namespace randomio::azure
