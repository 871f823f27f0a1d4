#include <randomio/backends/s3/credentials/profile.hpp>

#include <optional>
#include <utility>

#include <randomio/backends/s3/credentials/profile_source.hpp>
#include <randomio/backends/s3/credentials/refusal.hpp>

namespace randomio::s3 {

profile_provider::profile_provider(const provider_context& in, options with)
    : in_(in),
      with_(std::move(with)),
      profile_(with_.profile.empty() ? in.variable({"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}).value_or("")
                                     : with_.profile),
      named_(!profile_.empty()) {
  if (!named_) profile_ = "default";
}

task<result<credentials>> profile_provider::get() {
  std::optional<shared_files> files;
  auto config = co_await in_.pool.run([&] {
    files = shared_files::of(in_.variables, with_.config, with_.credentials);
    return files->read();
  });
  if (!config) co_return unexpected(std::move(config).error());
  if (config->profile(profile_) == nullptr) {
    co_return refuse(named_ ? errc::invalid : errc::not_found,
                     "there is no " + describe() + " in '" + files->config + "' or '" + files->credentials + "'");
  }
  profile_source sources(in_, *config, files->sso_cache, with_.region);
  auto source = sources.of(profile_);
  if (!source) co_return unexpected(std::move(source).error());
  auto found = co_await (*source)->get();
  // What the profile names is configured, so nothing else is asked when that has nothing to give.
  if (!found && found.error() == errc::not_found) {
    co_return refuse(errc::unauthenticated, describe() + ": " + std::string(found.error().message()));
  }
  if (!found) co_return unexpected(in_context(found.error(), describe()));
  if (found->origin != describe()) found->origin = describe() + ", " + found->origin;
  co_return found;
}

}  // namespace randomio::s3
