#include <randomio/backends/s3/requests/create_multipart_upload.hpp>

#include <randomio/backends/http/xml.hpp>
#include <randomio/backends/s3/object_fields.hpp>

namespace randomio::s3 {

result<http::request> create_multipart_upload(const bucket& in, std::string_view full_key,
                                              const object::properties& with) {
  auto made = in.to_object(http::method::post, full_key, http::query().add("uploads"));
  if (auto added = add_properties(made.headers, with, in); !added) return unexpected(std::move(added).error());
  const auto checksum = in.with().checksum;
  if (checksum != checksum_algorithm::none) {
    made.headers.set("x-amz-checksum-algorithm", service_name(checksum));
    // Only of a CRC can the whole object's be made from the parts', and only this one has no other type.
    made.headers.set("x-amz-checksum-type", checksum == checksum_algorithm::crc64nvme ? "FULL_OBJECT" : "COMPOSITE");
  }
  return made;
}

result<std::string> created_multipart_upload(const http::reply& reply, const asked& what) {
  const auto parsed = http::xml_reply::parse(reply.body, "InitiateMultipartUploadResult");
  if (!parsed) return unexpected(unreadable(reply, what, parsed.error().message()));
  const auto id = parsed->root().child("UploadId").text();
  if (id.empty()) return unexpected(unreadable(reply, what, "the reply has no upload id"));
  return std::string(id);
}

}  // namespace randomio::s3
