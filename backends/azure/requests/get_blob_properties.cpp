#include <randomio/backends/azure/requests/blobs.hpp>

namespace randomio::azure {

task<result<object::description>> get_blob_properties(const service& at, const target& blob, const version& expected,
                                                      stop_token stop) {
  const asked about{.op = operation::head, .key = blob.key};
  auto what = at.where().to_blob(http::method::head, blob.full);
  if (!expected.tag.empty()) what.headers.add("If-Match", expected.tag);
  what.stop = stop;
  const auto got = co_await at.send(what, about);
  if (!got) co_return unexpected(got.error());
  auto found = described(*got);
  if (!found) co_return unexpected(unreadable(*got, about, "the reply has no size or no ETag"));
  co_return found;
}

}  // namespace randomio::azure
