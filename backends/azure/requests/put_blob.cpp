#include <randomio/backends/azure/digest.hpp>
#include <randomio/backends/azure/requests/blobs.hpp>

namespace randomio::azure {

task<result<object::published>> put_blob(const service& at, const target& blob, object::pieces content,
                                         const object::properties& with, const writing& how) {
  const asked about{.op = operation::put, .key = blob.key, .condition = how.when.what()};
  auto what = at.where().to_blob(http::method::put, blob.full);
  what.headers.add("x-ms-blob-type", "BlockBlob");
  what.headers.add("Content-Type", "application/octet-stream");
  what.headers.add("Content-MD5", content_md5(content));
  if (auto done = add_properties(what, with, at.where().with()); !done) {
    co_return unexpected(std::move(done).error().with_key(blob.key));
  }
  add_writing(what, how);
  what.body = content;
  const auto got = co_await at.send(what, about);
  if (!got) co_return unexpected(got.error());
  co_return published_by(*got, about);
}

}  // namespace randomio::azure
