#include <randomio/backends/azure/requests/blobs.hpp>

namespace randomio::azure {

task<result<object::published>> set_blob_metadata(const service& at, const target& blob,
                                                  const object::properties::texts& metadata, const writing& how) {
  const asked about{.op = operation::set_attributes, .key = blob.key, .condition = how.when.what()};
  auto what = at.where().to_blob(http::method::put, blob.full, http::query().add("comp", "metadata"));
  if (auto done = add_metadata(what, metadata); !done) co_return unexpected(std::move(done).error().with_key(blob.key));
  add_writing(what, how);
  const auto got = co_await at.send(what, about);
  if (!got) co_return unexpected(got.error());
  co_return published_by(*got, about);
}

}  // namespace randomio::azure
