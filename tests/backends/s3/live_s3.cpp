#include "tests/backends/s3/live_store.hpp"

namespace live {

s3::options service_options() {
  s3::options out;
  out.bucket = variable("S3_TEST_BUCKET");
  out.endpoint = variable("AWS_ENDPOINT_URL");
  out.region = variable("AWS_REGION");
  out.prefix = own_prefix();
  return out;
}

std::unique_ptr<object::store> make_store(s3::options with) {
  return open_store(std::move(with));
}

}  // namespace live

const object_store_suite::service& object_store_suite::service_under_test() {
  static const service it{.open = [] { return live::make_store(); },
                          .of_nothing = {"\"00000000000000000000000000000000\""},
                          .takes_empty_segments = false,   // The server's: S3 has them.
                          .joins_beside_children = false,  // Likewise.
                          .unknown_part = "\"00000000000000000000000000000000\"",
                          .on_unknown_part = errc::invalid};
  return it;
}
