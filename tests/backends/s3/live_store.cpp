#include "tests/backends/s3/live_store.hpp"

#include <atomic>
#include <cstdlib>

#include <randomio/backends/s3/credentials/static_provider.hpp>

namespace live {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) FAIL(name << " is not set: run the test with tests/support/servers/with_s3.py");
  return value;
}

std::string own_prefix() {
  static std::atomic<unsigned> next = 0;
  return "live-" + std::to_string(next++) + "/";
}

std::unique_ptr<object::store> make_store() {
  return make_store(service_options());
}

object::options filesystem_options() {
  return {};
}

std::unique_ptr<s3::store> open_store(s3::options with, http::retry_options retry) {
  static blocking_pool pool(1);
  s3::connection_options how;
  how.transport.allow_http = true;
  how.retry = std::move(retry);
  how.credentials = [](const s3::provider_context&) {
    return std::make_unique<s3::static_provider>(
        s3::credentials{.access_key_id = variable("AWS_ACCESS_KEY_ID"),
                        .secret_access_key = s3::secret(variable("AWS_SECRET_ACCESS_KEY")),
                        .origin = "the test"});
  };
  auto made = s3::open_store(std::move(with), std::move(how), pool);
  if (!made) FAIL(made.error().describe());
  return *std::move(made);
}

}  // namespace live
