#include <randomio/backends/s3/requests/get_object_tagging.hpp>

#include <randomio/backends/http/xml.hpp>

namespace randomio::s3 {

http::request get_object_tagging(const bucket& in, std::string_view full_key) {
  return in.to_object(http::method::get, full_key, http::query().add("tagging"));
}

result<object::properties::texts> got_object_tagging(const http::reply& reply, const asked& what) {
  const auto parsed = http::xml_reply::parse(reply.body, "Tagging");
  if (!parsed) return unexpected(unreadable(reply, what, parsed.error().message()));
  object::properties::texts tags;
  parsed->root().child("TagSet").for_each("Tag", [&](http::xml_element tag) {
    tags.insert_or_assign(std::string(tag.child("Key").text()), std::string(tag.child("Value").text()));
  });
  return tags;
}

}  // namespace randomio::s3
