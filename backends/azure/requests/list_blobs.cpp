#include <randomio/backends/azure/requests/listing.hpp>
#include <randomio/backends/http/http_date.hpp>
#include <randomio/backends/http/letter_case.hpp>
#include <randomio/backends/http/percent.hpp>
#include <randomio/backends/http/xml.hpp>

namespace randomio::azure {
namespace {

// A name that XML cannot hold comes percent-encoded, since version 2021-02-12.
result<std::string> name_of(http::xml_element from) {
  const auto name = from.child("Name");
  if (name.attribute("Encoded") == "true") return http::percent_decode(name.text());
  return std::string(name.text());
}

result<listed_blob> read_blob(http::xml_element from) {
  listed_blob out;
  auto name = name_of(from);
  if (!name || name->empty()) return unexpected(error(errc::corrupt).with_message("a blob has no name"));
  out.name = *std::move(name);
  out.is_prefix = from.name() == "BlobPrefix";
  if (out.is_prefix) return out;
  const auto properties = from.child("Properties");
  const auto length = properties.child("Content-Length");
  const auto size = length.number();
  if (length && !length.text().empty() && !size) {
    return unexpected(error(errc::corrupt).with_message("a blob has a size that is no number"));
  }
  out.size = size.value_or(0);
  out.etag = properties.child("Etag").text();
  if (const auto date = http::parse_http_date(properties.child("Last-Modified").text())) out.modified = *date;
  from.child("Metadata").for_each([&](http::xml_element one) {
    out.metadata.insert_or_assign(http::lower_case(one.name()), one.text());
  });
  return out;
}

}  // namespace

result<listing> parse_listing(std::string_view text) {
  // A byte order mark comes before the declaration.
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto parsed = http::xml_reply::parse(text, "EnumerationResults", long_lists);
  if (!parsed) return unexpected(parsed.error());
  listing out;
  std::optional<error> failure;
  parsed->root().child("Blobs").for_each([&](http::xml_element one) {
    if (one.name() != "Blob" && one.name() != "BlobPrefix") return;
    auto read = read_blob(one);
    if (read) {
      out.found.push_back(*std::move(read));
    } else {
      failure = std::move(read).error();
    }
  });
  if (failure) return unexpected(*std::move(failure));
  out.marker = parsed->root().child("NextMarker").text();
  return out;
}

task<result<listing>> list_blobs(const service& at, const listing_request& which) {
  http::query asks;
  asks.add("restype", "container").add("comp", "list");
  if (!which.prefix.empty()) asks.add("prefix", which.prefix);
  if (which.delimited) asks.add("delimiter", "/");
  if (!which.marker.empty()) asks.add("marker", which.marker);
  if (which.count_max < 5000) asks.add("maxresults", std::to_string(which.count_max));
  std::string include = which.metadata ? "metadata" : "";
  if (which.uncommitted) include += include.empty() ? "uncommittedblobs" : ",uncommittedblobs";
  if (!include.empty()) asks.add("include", include);
  const asked about{.op = operation::list, .key = which.key};
  auto what = at.where().to_container(http::method::get, asks);
  what.collected_bytes_max = long_lists.bytes_max;
  what.stop = which.stop;
  const auto got = co_await at.send(what, about);
  if (!got) co_return unexpected(got.error());
  auto out = parse_listing(got->body);
  if (!out) co_return unexpected(unreadable(*got, about, out.error().message()));
  co_return out;
}

}  // namespace randomio::azure
