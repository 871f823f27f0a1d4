#include <randomio/backends/azure/credentials/azure_cli.hpp>

#include <randomio/backends/azure/credentials/token_reply.hpp>

namespace randomio::azure {

task<result<credentials>> azure_cli_provider::get() {
  std::vector<std::string> command{program_, "account", "get-access-token",        "--output",
                                   "json",   "--scope", std::string(storage_scope)};
  if (!tenant_id_.empty()) command.insert(command.end(), {"--tenant", tenant_id_});
  auto text = co_await in_.pool.run([&command] { return output_of(command, std::chrono::seconds(60)); });
  if (!text) {
    co_return unexpected(error(text.error().code()).with_message("az program: " + std::string(text.error().message())));
  }
  auto token = parse_token(*text, in_.now(), "az program");
  http::wipe(*text);
  co_return token;
}

}  // namespace randomio::azure
