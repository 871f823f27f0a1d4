#include <randomio/backends/s3/requests/head_object.hpp>

#include <randomio/backends/s3/object_fields.hpp>

namespace randomio::s3 {

http::request head_object(const bucket& in, std::string_view full_key, const version& expected,
                          std::string_view version_id) {
  http::query which;
  if (!version_id.empty()) which.add("versionId", version_id);
  auto made = in.to_object(http::method::head, full_key, which);
  made.headers.set("accept-encoding", in.with().accept_encoding);
  if (!expected.tag.empty()) made.headers.set("if-match", expected.tag);
  if (in.with().checksum == checksum_algorithm::crc64nvme) made.headers.set("x-amz-checksum-mode", "ENABLED");
  in.add_customer_key(made.headers);
  return made;
}

result<object::description> headed_object(const http::reply& reply, const bucket& in, std::string_view key) {
  auto about = description_of(reply, in, {operation::head, key});
  // Else it is one of the parts' checksums. Source: "Checking object integrity".
  if (about && reply.headers.find("x-amz-checksum-type") == "FULL_OBJECT") {
    if (const auto told = reply.headers.find(field_name(checksum_algorithm::crc64nvme))) about->checksum = *told;
  }
  return about;
}

}  // namespace randomio::s3
