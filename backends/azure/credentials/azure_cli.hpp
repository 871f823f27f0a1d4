#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <randomio/backends/azure/credentials/credentials.hpp>

namespace randomio::azure {

/// Whoever is logged in with the `az` program. Source: `az account get-access-token --help`.
class azure_cli_provider : public provider {
 public:
  explicit azure_cli_provider(http::provider_context in, std::string tenant_id = {}, std::string program = "az")
      : in_(std::move(in)), tenant_id_(std::move(tenant_id)), program_(std::move(program)) {}
  [[nodiscard]] task<result<credentials>> get() override;
  [[nodiscard]] std::string describe() const override { return "az program"; }

 private:
  http::provider_context in_;
  std::string tenant_id_, program_;
};

/// What a program writes to its standard output; its standard error is thrown away. Blocks, at most for `bound`, then
/// kills it. Errors: not_found, when there is no such program; timed_out; too_large; unauthenticated, when it fails.
[[nodiscard]] result<std::string> output_of(const std::vector<std::string>& command, std::chrono::milliseconds bound);

}  // namespace randomio::azure
