#include <array>

#include <randomio/backends/azure/requests/blobs.hpp>
#include <randomio/backends/azure/xml.hpp>

namespace randomio::azure {

task<result<object::properties::texts>> get_blob_tags(const service& at, const target& blob) {
  const asked about{.op = operation::xattr, .key = blob.key};
  const auto got =
      co_await at.send(at.where().to_blob(http::method::get, blob.full, query().add("comp", "tags")), about);
  if (!got) co_return unexpected(got.error());
  const auto parsed = xml_reply::parse(got->body, "Tags");
  if (!parsed) co_return unexpected(unreadable(*got, about, parsed.error().message()));
  object::properties::texts out;
  parsed->root().child("TagSet").for_each([&](const xml_element& tag) {
    if (tag.name() == "Tag") out.insert_or_assign(std::string(tag.child("Key").text()), tag.child("Value").text());
  });
  co_return out;
}

task<result<void>> set_blob_tags(const service& at, const target& blob, const object::properties::texts& tags) {
  std::string text = "<?xml version=\"1.0\" encoding=\"utf-8\"?><Tags><TagSet>";
  for (const auto& [name, value] : tags) {
    text += "<Tag>";
    append_element(text, "Key", name);
    append_element(text, "Value", value);
    text += "</Tag>";
  }
  text += "</TagSet></Tags>";
  const std::array<std::span<const std::byte>, 1> body{std::as_bytes(std::span(text))};
  auto what = at.where().to_blob(http::method::put, blob.full, query().add("comp", "tags"));
  what.headers.add("Content-Type", "application/xml");
  what.body = body;
  const auto got = co_await at.send(what, {.op = operation::xattr, .key = blob.key});
  if (!got) co_return unexpected(got.error());
  co_return result<void>{};
}

}  // namespace randomio::azure
