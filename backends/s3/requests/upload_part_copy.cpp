#include <randomio/backends/s3/requests/upload_part_copy.hpp>

#include <randomio/backends/http/xml.hpp>
#include <randomio/backends/s3/requests/copy_object.hpp>
#include <randomio/backends/s3/requests/upload_part.hpp>

namespace randomio::s3 {

http::request upload_part_copy(const bucket& in, const object::upload& to, std::uint32_t number,
                               const object::source& from, range bytes) {
  auto made = in.to_object(http::method::put, to.key, part_query(to.id, number));
  add_copy_source(made, in, from);
  made.headers.set("x-amz-copy-source-range",
                   "bytes=" + std::to_string(bytes.start()) + "-" + std::to_string(bytes.end() - 1));
  made.work_time = http::time_to_copy(bytes.len());
  in.add_customer_key(made.headers);
  return made;
}

result<object::part> copied_part(const http::reply& reply, const bucket& in, std::uint32_t number, range bytes,
                                 const asked& what) {
  const auto parsed = http::xml_reply::parse(reply.body, "CopyPartResult");
  if (!parsed) return unexpected(unreadable(reply, what, parsed.error().message()));
  const auto root = parsed->root();
  const auto etag = root.child("ETag").text();
  if (etag.empty()) return unexpected(unreadable(reply, what, "the reply has no ETag"));
  object::part made{.number = number, .size = bytes.len(), .tag = version_of(etag).tag};
  if (const auto checksum = in.with().checksum; checksum != checksum_algorithm::none) {
    made.checksum = root.child(("Checksum" + std::string(service_name(checksum))).c_str()).text();
  }
  return made;
}

}  // namespace randomio::s3
