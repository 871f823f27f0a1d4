#include <array>

#include <randomio/backends/azure/requests/blobs.hpp>
#include <randomio/backends/http/xml.hpp>

namespace randomio::azure {

task<result<object::properties::texts>> get_blob_tags(const service& at, const target& blob) {
  const asked about{.op = operation::xattr, .key = blob.key};
  const auto got =
      co_await at.send(at.where().to_blob(http::method::get, blob.full, http::query().add("comp", "tags")), about);
  if (!got) co_return unexpected(got.error());
  const auto parsed = http::xml_reply::parse(got->body, "Tags");
  if (!parsed) co_return unexpected(unreadable(*got, about, parsed.error().message()));
  object::properties::texts out;
  parsed->root().child("TagSet").for_each("Tag", [&](http::xml_element tag) {
    out.insert_or_assign(std::string(tag.child("Key").text()), tag.child("Value").text());
  });
  co_return out;
}

task<result<void>> set_blob_tags(const service& at, const target& blob, const object::properties::texts& tags) {
  http::xml_text written;
  written.declare().open("Tags").open("TagSet");
  for (const auto& [name, value] : tags) {
    written.open("Tag").element("Key", name).element("Value", value).close("Tag");
  }
  const auto text = std::move(written.close("TagSet").close("Tags")).take();
  const std::array<std::span<const std::byte>, 1> body{std::as_bytes(std::span(text))};
  auto what = at.where().to_blob(http::method::put, blob.full, http::query().add("comp", "tags"));
  what.headers.add("Content-Type", "application/xml");
  what.body = body;
  const auto got = co_await at.send(what, {.op = operation::xattr, .key = blob.key});
  if (!got) co_return unexpected(got.error());
  co_return result<void>{};
}

}  // namespace randomio::azure
