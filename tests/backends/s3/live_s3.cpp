#include <atomic>

#include <randomio/backends/s3/connection.hpp>
#include <randomio/backends/s3/credentials/static_provider.hpp>

#include "tests/backends/s3/live_store.hpp"

namespace live {

s3::options service_options() {
  static std::atomic<unsigned> next = 0;
  s3::options out;
  out.bucket = variable("S3_TEST_BUCKET");
  out.endpoint = variable("AWS_ENDPOINT_URL");
  out.region = variable("AWS_REGION");
  out.prefix = "live-" + std::to_string(next++) + "/";
  return out;
}

bool is_strict_r2() {
  return false;
}

std::unique_ptr<object::store> make_store(s3::options with) {
  static blocking_pool pool(1);
  s3::connection_options how;
  how.transport.allow_http = true;
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

std::unique_ptr<object::store> make_store() {
  return make_store(service_options());
}

}  // namespace live
