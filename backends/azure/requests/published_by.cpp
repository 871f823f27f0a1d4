#include <randomio/backends/azure/requests/blobs.hpp>

namespace randomio::azure {

result<object::published> published_by(const http::reply& reply, const asked& about) {
  const auto etag = reply.headers.find("ETag");
  if (!etag) return unexpected(unreadable(reply, about, "the reply has no ETag"));
  return object::published{.current = version_of(*etag),
                           .version_id = std::string(reply.headers.find("x-ms-version-id").value_or(""))};
}

void add_writing(http::request& to, const writing& how) {
  add_condition(to, how.when);
  if (!how.lease_id.empty()) to.headers.add("x-ms-lease-id", how.lease_id);
}

}  // namespace randomio::azure
