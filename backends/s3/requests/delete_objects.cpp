#include <randomio/backends/s3/requests/delete_objects.hpp>

#include <randomio/backends/http/xml.hpp>
#include <randomio/backends/s3/checksum.hpp>

namespace randomio::s3 {

std::string delete_objects_body(std::span<const std::string> full_keys) {
  http::xml_text body;
  body.open("Delete");
  for (const auto& key : full_keys) body.open("Object").element("Key", key).close("Object");
  body.element("Quiet", "true").close("Delete");
  return std::move(body).take();
}

http::request delete_objects(const bucket& in, std::span<const std::span<const std::byte>> body) {
  auto made = in.to_bucket(http::method::post, http::query().add("delete"));
  made.body = body;
  made.headers.set("content-type", "application/xml");
  // The service insists on a checksum here; all services know this one, and S3 others too.
  std::string text;
  for (const auto piece : body) text.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  if (const auto md5 = md5_base64(text); !md5.empty()) {
    made.headers.set("content-md5", md5);
  } else {
    made.headers.set("x-amz-sdk-checksum-algorithm", service_name(checksum_algorithm::sha256));
    made.headers.set(field_name(checksum_algorithm::sha256), checksum_of(checksum_algorithm::sha256, body));
  }
  return made;
}

result<std::vector<error>> deleted_objects(const http::reply& reply, const bucket& in) {
  const asked what{operation::remove};
  const auto parsed = http::xml_reply::parse(reply.body, "DeleteResult");
  if (!parsed) return unexpected(unreadable(reply, what, parsed.error().message()));
  std::vector<error> failed;
  parsed->root().for_each("Error", [&](http::xml_element one) {
    const auto code = one.child("Code").text();
    if (code == "NoSuchKey") return;  // It is not there, as it should be.
    const auto full = one.child("Key").text();
    const auto message = std::string(code) + ": " + std::string(one.child("Message").text());
    // It has no status of its own: an unknown code counts as a failure of the service, which may pass.
    failed.push_back(error(code_of(500, code, precondition::kind::none), operation::remove)
                         .with_key(in.own_key(full).value_or(full))
                         .with_message(message));
  });
  return failed;
}

}  // namespace randomio::s3
