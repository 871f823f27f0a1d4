#include <randomio/backends/azure/requests/blobs.hpp>

namespace randomio::azure {

task<result<void>> delete_blob(const service& at, const target& blob, const writing& how) {
  auto what = at.where().to_blob(http::method::del, blob.full);
  add_writing(what, how);
  const auto got = co_await at.send(what, {.op = operation::remove, .key = blob.key, .condition = how.when.what()});
  if (!got) co_return unexpected(got.error());
  co_return result<void>{};
}

}  // namespace randomio::azure
