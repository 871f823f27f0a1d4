#include <randomio/backends/s3/requests/list_objects.hpp>

#include <algorithm>

#include <randomio/backends/http/xml.hpp>
#include <randomio/backends/s3/listed_text.hpp>
#include <randomio/backends/s3/listing_date.hpp>

namespace randomio::s3 {

http::request list_objects(const bucket& in, const object::list_request& which) {
  http::query text;
  text.add("list-type", "2");
  if (!which.continuation.empty()) text.add("continuation-token", which.continuation);
  if (which.delimited) text.add("delimiter", "/");
  text.add("encoding-type", "url");  // XML cannot hold every key.
  text.add("max-keys", std::to_string(which.keys_max));
  if (const auto prefix = in.with().prefix + which.prefix; !prefix.empty()) text.add("prefix", prefix);
  if (!which.start_after.empty()) text.add("start-after", in.with().prefix + which.start_after);
  return in.to_bucket(http::method::get, text);
}

result<object::list_page> listed_objects(const http::reply& reply, const bucket& in) {
  const asked what{operation::list};
  const auto parsed = http::xml_reply::parse(reply.body, "ListBucketResult");
  if (!parsed) return unexpected(unreadable(reply, what, parsed.error().message()));
  const auto root = parsed->root();
  const listed_text text(root);
  object::list_page page;
  bool is_readable = true;
  const auto own = [&](http::xml_element key) -> std::optional<std::string> {
    const auto full = text.of(key);
    if (!full) is_readable = false;
    const auto key_here = full ? in.own_key(*full) : std::nullopt;
    // The marker of the prefix itself has no name here.
    return key_here && !key_here->empty() ? std::optional<std::string>(*key_here) : std::nullopt;
  };
  root.for_each("Contents", [&](http::xml_element one) {
    auto key = own(one.child("Key"));
    if (!key) return;
    const auto size = one.child("Size").number();
    if (!size) is_readable = false;
    page.found.push_back({.key = *std::move(key),
                          .size = size.value_or(0),
                          .current = version_of(one.child("ETag").text()),
                          .modified = listing_date(one.child("LastModified").text()).value_or(timestamp{})});
  });
  root.for_each("CommonPrefixes", [&](http::xml_element one) {
    if (auto key = own(one.child("Prefix"))) page.found.push_back({.key = *std::move(key), .is_prefix = true});
  });
  if (!is_readable) return unexpected(unreadable(reply, what, "a key or a size in the listing cannot be read"));
  // The service gives two lists, each in order; whoever pages wants one.
  std::ranges::sort(page.found, {}, &object::listed::key);
  if (root.child("IsTruncated").text() == "true") {
    page.continuation = root.child("NextContinuationToken").text();
    if (page.continuation.empty())
      return unexpected(unreadable(reply, what, "the listing goes on, but does not say where"));
  }
  return page;
}

}  // namespace randomio::s3
