#include <randomio/backends/s3/requests/list_parts.hpp>

#include <limits>

#include <randomio/backends/http/xml.hpp>

namespace randomio::s3 {

http::request list_parts(const bucket& in, std::string_view full_key, std::string_view upload_id, std::uint32_t after) {
  http::query which;
  if (after > 0) which.add("part-number-marker", std::to_string(after));
  which.add("uploadId", upload_id);
  auto made = in.to_object(http::method::get, full_key, which);
  in.add_customer_key(made.headers);
  return made;
}

result<part_page> listed_parts(const http::reply& reply, const bucket& in, const asked& what) {
  const auto parsed = http::xml_reply::parse(reply.body, "ListPartsResult");
  if (!parsed) return unexpected(unreadable(reply, what, parsed.error().message()));
  const auto root = parsed->root();
  const auto checksum = "Checksum" + std::string(service_name(in.with().checksum));
  part_page page;
  bool is_readable = true;
  root.for_each("Part", [&](http::xml_element one) {
    const auto number = one.child("PartNumber").number(), size = one.child("Size").number();
    if (!number || !size || *number == 0 || *number > std::numeric_limits<std::uint32_t>::max()) {
      is_readable = false;
      return;
    }
    page.found.push_back({.number = static_cast<std::uint32_t>(*number),
                          .size = *size,
                          .tag = version_of(one.child("ETag").text()).tag,
                          .checksum = std::string(one.child(checksum.c_str()).text())});
  });
  if (!is_readable) return unexpected(unreadable(reply, what, "a part in the listing cannot be read"));
  if (root.child("IsTruncated").text() == "true") {
    // The last part tells where to go on, whatever the service says.
    if (page.found.empty()) return unexpected(unreadable(reply, what, "the listing goes on, but does not say where"));
    page.next_after = page.found.back().number;
  }
  return page;
}

}  // namespace randomio::s3
