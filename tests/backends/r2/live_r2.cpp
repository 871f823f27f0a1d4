#include <atomic>

#include <randomio/backends/r2/r2.hpp>
#include <randomio/backends/s3/connection.hpp>
#include <randomio/backends/s3/credentials/static_provider.hpp>

#include "tests/backends/s3/live_store.hpp"

namespace live {

s3::options service_options() {
  static std::atomic<unsigned> next = 0;
  s3::options with;
  with.bucket = variable("S3_TEST_BUCKET");
  with.endpoint = variable("AWS_ENDPOINT_URL");
  with.prefix = "live-" + std::to_string(next++) + "/";
  auto out = r2::options_for({}, std::move(with));
  if (!out) FAIL(out.error().describe());
  return *std::move(out);
}

bool is_strict_r2() {
  return true;
}

std::unique_ptr<object::store> make_store(s3::options with) {
  static blocking_pool pool(1);
  s3::connection_options how;
  how.transport.allow_http = true;
  how.retry = r2::retry_options_for({});
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
