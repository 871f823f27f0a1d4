#include <randomio/backends/s3/credentials/chain.hpp>

#include <utility>

#include <randomio/backends/s3/credentials/assume_role.hpp>
#include <randomio/backends/s3/credentials/container.hpp>
#include <randomio/backends/s3/credentials/environment.hpp>
#include <randomio/backends/s3/credentials/refusal.hpp>
#include <randomio/backends/s3/credentials/static_provider.hpp>

namespace randomio::s3 {
namespace {

bool has_keys(const chain_options& with) {
  return !with.keys.access_key_id.empty() || !with.keys.secret_access_key.empty();
}

std::vector<std::unique_ptr<provider>> sources_of(const provider_context& in, const chain_options& with) {
  std::vector<std::unique_ptr<provider>> out;
  if (has_keys(with)) {
    auto keys = with.keys;
    if (keys.origin.empty()) keys.origin = "configuration";
    out.push_back(std::make_unique<static_provider>(std::move(keys)));
    return out;
  }
  const auto at = sts_endpoint::of(in, with.region, with.sts_endpoint);
  if (!with.web_identity_token_file.empty()) {
    web_identity_provider::options identity{.token_file = with.web_identity_token_file, .role = with.role};
    out.push_back(std::make_unique<web_identity_provider>(
        in, web_identity_provider::with_variables(in, std::move(identity)), at));
    return out;
  }
  auto profile = with.profile;
  if (profile.region.empty()) profile.region = in.variable({"AWS_REGION", "AWS_DEFAULT_REGION"}).value_or("");
  if (!with.region.empty()) profile.region = with.region;
  if (profile.profile.empty()) out.push_back(std::make_unique<environment_provider>(in));
  out.push_back(std::make_unique<profile_provider>(in, std::move(profile)));
  out.push_back(std::make_unique<web_identity_provider>(in, web_identity_provider::with_variables(in, {}), at));
  out.push_back(std::make_unique<container_provider>(in));
  out.push_back(std::make_unique<instance_metadata_provider>(in, with.instance_metadata));
  return out;
}

}  // namespace

bool chain_options::is_anonymous(const variable_lookup& variables) const {
  const auto said = variables("AWS_SKIP_SIGNATURE");
  return skip_signature || (said && (http::same_name(*said, "true") || *said == "1"));
}

task<result<credentials>> chain_provider::get() {
  std::string tried;
  for (const auto& source : sources_) {
    const auto* chosen = chosen_.load(std::memory_order_relaxed);
    if (chosen != nullptr && chosen != source.get()) continue;
    auto found = co_await source->get();
    if (found) chosen_.store(source.get(), std::memory_order_relaxed);
    if (found || chosen != nullptr || sources_.size() == 1) co_return found;
    // The last one is asked though nothing says that it is there: that nobody answers is then no surprise.
    const auto& problem = found.error();
    if (problem != errc::not_found && source != sources_.back()) co_return found;
    tried.append(tried.empty() ? "" : "; ")
        .append(problem.message().empty() ? name(problem.code()) : problem.message());
  }
  co_return refuse(errc::unauthenticated, "no credentials found: " + tried);
}

std::string chain_provider::describe() const {
  if (const auto* chosen = chosen_.load(std::memory_order_relaxed)) return chosen->describe();
  return sources_.size() == 1 ? sources_[0]->describe() : "the default credential chain";
}

std::unique_ptr<provider> make_chain(const provider_context& in, const chain_options& with) {
  if (with.is_anonymous(in.variables)) return std::make_unique<static_provider>(static_provider::anonymous());
  auto chain = std::make_unique<chain_provider>(sources_of(in, with));
  if (with.role.role_arn.empty() || !with.web_identity_token_file.empty()) return chain;
  auto role = with.role;
  if (role.session_name.empty()) role.session_name = in.variable({"AWS_ROLE_SESSION_NAME"}).value_or("");
  if (role.external_id.empty()) role.external_id = in.variable({"AWS_EXTERNAL_ID"}).value_or("");
  return std::make_unique<assume_role_provider>(in, std::move(chain), std::move(role),
                                                sts_endpoint::of(in, with.region, with.sts_endpoint));
}

}  // namespace randomio::s3
