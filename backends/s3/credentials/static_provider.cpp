#include <randomio/backends/s3/credentials/static_provider.hpp>

#include <randomio/backends/s3/credentials/refusal.hpp>

namespace randomio::s3 {

task<result<credentials>> static_provider::get() {
  if (known_.access_key_id.empty() != known_.secret_access_key.empty()) {
    co_return refuse(errc::invalid, "the access key id and the secret access key belong together; one is missing");
  }
  co_return known_;
}

}  // namespace randomio::s3
