#include <randomio/backends/s3/requests/put_object.hpp>

#include <randomio/backends/s3/object_fields.hpp>

namespace randomio::s3 {

result<http::request> put_object(const bucket& in, std::string_view full_key, object::pieces content,
                                 const object::properties& with, const precondition& when) {
  auto made = in.to_object(http::method::put, full_key);
  made.body = content;
  if (auto added = add_properties(made.headers, with, in); !added) return unexpected(std::move(added).error());
  const auto checksum = in.with().checksum;
  if (checksum != checksum_algorithm::none) made.headers.set(field_name(checksum), checksum_of(checksum, content));
  add_condition(made, when);
  return made;
}

result<object::published> published_object(const http::reply& reply, const asked& what) {
  const auto etag = reply.headers.find("etag");
  if (!etag) return unexpected(unreadable(reply, what, "the reply has no ETag"));
  object::published out{.current = version_of(*etag)};
  if (const auto told = reply.headers.find(field_name(checksum_algorithm::crc64nvme))) out.checksum = *told;
  if (const auto id = reply.headers.find("x-amz-version-id"); id && *id != "null") out.version_id = *id;
  return out;
}

}  // namespace randomio::s3
