#include <randomio/backends/s3/requests/list_multipart_uploads.hpp>

#include <randomio/backends/http/xml.hpp>
#include <randomio/backends/s3/listed_text.hpp>
#include <randomio/backends/s3/listing_date.hpp>

namespace randomio::s3 {

http::request list_multipart_uploads(const bucket& in, std::string_view full_prefix, const upload_marker& after) {
  http::query which;
  which.add("encoding-type", "url");
  if (!after.empty()) which.add("key-marker", after.key);
  if (!full_prefix.empty()) which.add("prefix", full_prefix);
  if (!after.upload_id.empty()) which.add("upload-id-marker", after.upload_id);
  which.add("uploads");
  return in.to_bucket(http::method::get, which);
}

result<upload_page> listed_multipart_uploads(const http::reply& reply, const bucket& in) {
  const asked what{operation::list};
  const auto parsed = http::xml_reply::parse(reply.body, "ListMultipartUploadsResult");
  if (!parsed) return unexpected(unreadable(reply, what, parsed.error().message()));
  const auto root = parsed->root();
  const listed_text text(root);
  upload_page page;
  bool is_readable = true;
  root.for_each("Upload", [&](http::xml_element one) {
    const auto full = text.of(one.child("Key"));
    if (!full) is_readable = false;
    const auto key = full ? in.own_key(*full) : std::nullopt;
    if (!key) return;
    page.found.push_back({.key = std::string(*key),
                          .id = std::string(one.child("UploadId").text()),
                          .started = listing_date(one.child("Initiated").text()).value_or(timestamp{})});
  });
  if (!is_readable) return unexpected(unreadable(reply, what, "a key in the listing cannot be read"));
  if (root.child("IsTruncated").text() == "true") {
    page.next_after = {text.of(root.child("NextKeyMarker")).value_or(""),
                       std::string(root.child("NextUploadIdMarker").text())};
    if (page.next_after.empty())
      return unexpected(unreadable(reply, what, "the listing goes on, but does not say where"));
  }
  return page;
}

}  // namespace randomio::s3
