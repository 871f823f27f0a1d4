#include <randomio/backends/s3/connection.hpp>

#include <utility>

#include <randomio/backends/s3/credentials/static_provider.hpp>
#include <randomio/backends/s3/s3_error.hpp>

namespace randomio::s3 {
namespace {

/// For addresses of this machine and link, where there is neither TLS nor a proxy.
http::curl_options local_transport() {
  http::curl_options out;
  out.allow_http = true;
  out.proxy = "";
  out.connect_timeout = std::chrono::milliseconds(2'000);
  return out;
}

std::unique_ptr<provider> make_provider(const connection_options& how, const provider_context& in) {
  if (how.credentials) return how.credentials(in);
  return std::make_unique<static_provider>(static_provider::anonymous());
}

}  // namespace

connection::connection(connection_options how, std::string_view region, blocking_pool& pool)
    : transport_(how.transport),
      local_(local_transport()),
      keys_(make_provider(how, {.services = transport_, .local = local_, .pool = pool})),
      signing_(transport_, keys_,
               {.signing = {.region = std::string(region), .payload = how.payload}, .notice = std::move(how.notice)}),
      retrying_(signing_, how.retry) {}

result<std::unique_ptr<store>> open_store(options what, connection_options how, blocking_pool& pool) {
  if (what.region.empty()) what.region = "us-east-1";
  if (how.retry.throttles == nullptr) how.retry.throttles = asks_to_try_again;
  auto line = std::make_shared<connection>(std::move(how), what.region, pool);
  return store::make(std::move(what), line,
                     [line = line.get()](std::string_view region) { line->signing().use_region(region); });
}

}  // namespace randomio::s3
