#include <fstream>
#include <iterator>

#include <randomio/backends/azure/credentials/entra.hpp>
#include <randomio/backends/http/credentials/refusal.hpp>
#include <randomio/backends/http/percent.hpp>

namespace randomio::azure {
namespace {

constexpr std::size_t token_bytes_max = std::size_t{1} << 20;

result<std::string> read_token(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return http::refuse(errc::not_found, "workload identity: cannot read the token file " + path);
  std::string text;
  for (auto at = std::istreambuf_iterator<char>(file); at != std::istreambuf_iterator<char>(); ++at) {
    if (text.size() == token_bytes_max) return http::refuse(errc::invalid, "workload identity: no token: " + path);
    text += *at;
  }
  const auto end = text.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return http::refuse(errc::invalid, "workload identity: empty token file " + path);
  text.resize(end + 1);
  return text;
}

}  // namespace

task<result<credentials>> workload_identity_provider::get() {
  auto token = co_await in_.pool.run([path = who_.federated_token_file] { return read_token(path); });
  if (!token) co_return unexpected(std::move(token).error());
  auto form = "grant_type=client_credentials&client_assertion_type=" +
              http::percent_encode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer") +
              "&client_assertion=" + http::percent_encode(*token);
  http::wipe(*token);
  co_return co_await request_token(in_, who_, std::move(form), "workload identity");
}

}  // namespace randomio::azure
