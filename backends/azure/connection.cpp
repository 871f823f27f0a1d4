#include <randomio/backends/azure/connection.hpp>

#include <utility>

#include <randomio/backends/azure/credentials/chain.hpp>

namespace randomio::azure {
namespace {

// Retrying is above, so that each attempt is signed anew.
struct layers {
  layers(std::unique_ptr<provider> source, http::client& driver, const http::provider_context& in,
         connection_options&& how)
      : keys(std::move(source), {.now = in.now}),
        authorising(driver, keys, in.now, std::move(how.notice)),
        sends(authorising, how.retry) {}

  caching_provider keys;
  authorising_client authorising;
  http::retrying_client sends;
};

// To addresses of this machine and its link: in plain text, and past any proxy.
http::curl_options local_transport(http::curl_options with) {
  with.allow_http = true;
  with.proxy.emplace();
  with.connect_timeout = std::chrono::seconds(2);
  with.total_timeout = std::chrono::seconds(30);
  return with;
}

struct clients {
  explicit clients(const http::curl_options& with) : transport(with), local(local_transport(with)) {}
  http::curl_client transport, local;
  std::unique_ptr<layers> above;
};

}  // namespace

result<std::unique_ptr<store>> open_store(options what, connection_options how, blocking_pool& pool) {
  how.transport.allow_http |= what.allow_http;
  auto where = container::of(std::move(what));
  if (!where) return unexpected(std::move(where).error());
  auto below = std::make_shared<clients>(how.transport);
  const http::provider_context in{.services = below->transport, .local = below->local, .pool = pool};
  auto source = provider_for(where->with(), in);
  if (!source) return unexpected(std::move(source).error());
  below->above = std::make_unique<layers>(*std::move(source), below->transport, in, std::move(how));
  auto& above = *below->above;
  return std::make_unique<store>(above.sends, above.authorising, *std::move(where), std::move(below));
}

}  // namespace randomio::azure
