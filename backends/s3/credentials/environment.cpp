#include <randomio/backends/s3/credentials/environment.hpp>

#include <randomio/backends/s3/credentials/expiration.hpp>
#include <randomio/backends/s3/credentials/refusal.hpp>

namespace randomio::s3 {

task<result<credentials>> environment_provider::get() {
  auto id = in_.variable({"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"});
  auto key = in_.variable({"AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"});
  if (!id && !key) co_return refuse(errc::not_found, "AWS_ACCESS_KEY_ID is not set");
  if (!id) co_return refuse(errc::invalid, "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not");
  if (!key) co_return refuse(errc::invalid, "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
  credentials found{.access_key_id = *id, .secret_access_key = secret::taken_from(*key), .origin = describe()};
  if (auto token = in_.variable({"AWS_SESSION_TOKEN", "AWS_TOKEN", "AWS_SECURITY_TOKEN"})) {
    found.session_token = secret::taken_from(*token);
  }
  if (const auto until = in_.variable({"AWS_CREDENTIAL_EXPIRATION"})) {
    found.expires = parse_expiration(*until);
    if (!found.expires)
      co_return refuse(errc::invalid, "AWS_CREDENTIAL_EXPIRATION is not a time like 2030-01-31T12:00:00Z");
  }
  co_return found;
}

}  // namespace randomio::s3
