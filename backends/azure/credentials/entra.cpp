#include <randomio/backends/azure/credentials/entra.hpp>

#include <array>

#include <randomio/backends/azure/credentials/token_reply.hpp>
#include <randomio/backends/http/percent.hpp>

namespace randomio::azure {

task<result<credentials>> request_token(const http::provider_context& in, const credential_options& who,
                                        std::string form, std::string_view origin) {
  auto url = who.authority_host.empty() ? std::string("https://login.microsoftonline.com") : who.authority_host;
  while (url.ends_with('/')) url.pop_back();
  url += "/" + http::percent_encode(who.tenant_id) + "/oauth2/v2.0/token";
  form += "&client_id=" + http::percent_encode(who.client_id) + "&scope=" + http::percent_encode(storage_scope);
  http::request what;
  what.verb = http::method::post;
  what.url = std::move(url);
  what.headers.add("Content-Type", "application/x-www-form-urlencoded");
  what.headers.add("Accept", "application/json");
  const std::array<std::span<const std::byte>, 1> body{std::as_bytes(std::span(form))};
  what.body = body;
  auto got = co_await in.services.send(what);
  http::wipe(form);
  if (!got)
    co_return unexpected(
        error(got.error().code()).with_message(std::string(origin) + ": " + std::string(got.error().message())));
  auto token = token_of(*got, in.now(), origin);
  http::wipe(got->body);
  co_return token;
}

}  // namespace randomio::azure
