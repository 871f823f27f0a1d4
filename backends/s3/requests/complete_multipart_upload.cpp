#include <randomio/backends/s3/requests/complete_multipart_upload.hpp>

#include <randomio/backends/http/xml.hpp>

namespace randomio::s3 {
namespace {

std::string checksum_element(const bucket& in) {
  const auto checksum = in.with().checksum;
  return checksum == checksum_algorithm::none ? std::string() : "Checksum" + std::string(service_name(checksum));
}

}  // namespace

std::string complete_body(const bucket& in, std::span<const object::part> parts) {
  const auto checksum = checksum_element(in);
  http::xml_text body;
  body.open("CompleteMultipartUpload");
  for (const auto& part : parts) {
    body.open("Part").element("PartNumber", std::to_string(part.number)).element("ETag", part.tag);
    if (!checksum.empty() && !part.checksum.empty()) body.element(checksum, part.checksum);
    body.close("Part");
  }
  body.close("CompleteMultipartUpload");
  return std::move(body).take();
}

http::request complete_multipart_upload(const bucket& in, std::string_view full_key, std::string_view upload_id,
                                        std::span<const object::part> parts,
                                        std::span<const std::span<const std::byte>> body, const precondition& when) {
  auto made = in.to_object(http::method::post, full_key, http::query().add("uploadId", upload_id));
  made.body = body;
  made.headers.set("content-type", "application/xml");
  std::uint64_t size = 0;
  for (const auto& part : parts) size += part.size;
  made.work_time = http::time_to_copy(size);  // Amazon's service sends spaces meanwhile; others join parts in silence.
  made.again = http::repeatable::if_refused;
  if (in.with().checksum == checksum_algorithm::crc64nvme) {
    // Of all the bytes, put together from what was sent and what was copied: the service refuses anything else.
    if (const auto whole = joined_crc64nvme(parts)) {
      made.headers.set(field_name(checksum_algorithm::crc64nvme), *whole);
      made.headers.set("x-amz-checksum-type", "FULL_OBJECT");
    }
  }
  in.add_customer_key(made.headers);
  add_condition(made, when);
  return made;
}

result<object::published> completed_multipart_upload(const http::request& sent, const http::reply& reply,
                                                     const bucket& in, const asked& what) {
  const auto parsed = http::xml_reply::parse(reply.body, "CompleteMultipartUploadResult");
  if (!parsed) return unexpected(unreadable(reply, what, parsed.error().message()));
  const auto root = parsed->root();
  const auto etag = root.child("ETag").text();
  if (etag.empty()) return unexpected(unreadable(reply, what, "the reply has no ETag"));
  const auto told = root.child("ChecksumCRC64NVME").text();
  const auto expected = sent.headers.find(field_name(checksum_algorithm::crc64nvme));
  if (expected && !told.empty() && told != *expected) {
    return unexpected(unreadable(reply, what, "the object does not have the checksum of its parts"));
  }
  object::published out{.current = version_of(etag)};
  if (expected && told == *expected) out.checksum = told;
  if (const auto id = reply.headers.find("x-amz-version-id"); id && *id != "null") out.version_id = *id;
  return out;
}

}  // namespace randomio::s3
