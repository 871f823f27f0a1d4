#include <randomio/backends/azure/credentials/entra.hpp>
#include <randomio/backends/http/percent.hpp>

namespace randomio::azure {

task<result<credentials>> client_secret_provider::get() {
  auto form = "grant_type=client_credentials&client_secret=" + http::percent_encode(who_.client_secret.reveal());
  co_return co_await request_token(in_, who_, std::move(form), "client secret");
}

}  // namespace randomio::azure
