// What a blob has beside its bytes, as header fields.
#include <algorithm>
#include <array>
#include <set>

#include <randomio/backends/azure/container.hpp>
#include <randomio/backends/http/content_range.hpp>
#include <randomio/backends/http/http_date.hpp>
#include <randomio/backends/http/letter_case.hpp>
#include <randomio/backends/http/percent.hpp>

namespace randomio::azure {
namespace {

constexpr std::array content_names{"cache-control", "content-disposition", "content-encoding", "content-language",
                                   "content-type"};
constexpr std::string_view metadata_prefix = "x-ms-meta-";

bool fits_a_header(std::string_view value) {
  return std::ranges::all_of(value, [](unsigned char c) { return c >= ' ' && c < 0x7f; }) && !value.starts_with(' ') &&
         !value.ends_with(' ');
}

// Names of metadata are identifiers of C#. Source: "Naming and referencing containers, blobs, and metadata".
std::optional<std::string> metadata_name(std::string_view name) {
  std::string out(name);
  std::ranges::replace(out, '-', '_');
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  if (out.empty() || !is_letter(out.front()) || !std::ranges::all_of(out, fits)) return std::nullopt;
  return out;
}

unexpected refuse(std::string_view name, std::string_view why) {
  return unexpected(error(errc::invalid).with_message("metadata '" + std::string(name) + "': " + std::string(why)));
}

}  // namespace

result<void> add_metadata(http::request& to, const object::properties::texts& metadata) {
  // A name with a dash comes back with an underscore, and both are one name here: the one with the dash, which sorts
  // first, was said last.
  std::set<std::string, std::less<>> sent;
  for (const auto& [name, value] : metadata) {
    auto legal = metadata_name(name);
    if (!legal) return refuse(name, "names here are made of letters, digits and underscores");
    if (!fits_a_header(value)) return refuse(name, "the value is not printable ASCII");
    const auto [at, is_new] = sent.insert(*std::move(legal));
    if (is_new) to.headers.add(std::string(metadata_prefix) + *at, value);
  }
  return {};
}

result<void> add_content_headers(http::request& to, const object::properties::texts& content) {
  for (const auto* name : content_names) {
    const auto at = content.find(name);
    if (at == content.end()) continue;
    if (!fits_a_header(at->second)) return refuse(name, "the value is not printable ASCII");
    to.headers.add("x-ms-blob-" + std::string(name), at->second);
  }
  return {};
}

result<void> add_properties(http::request& to, const object::properties& what, const options& with) {
  if (const auto type = what.service.find("x-ms-blob-type"); type != what.service.end()) {
    return unexpected(error(errc::unsupported).with_message(type->second + "s are not rewritten"));
  }
  if (auto done = add_content_headers(to, what.content); !done) return done;
  if (auto done = add_metadata(to, what.metadata); !done) return done;
  const auto& tier = what.storage_class.empty() ? with.access_tier : what.storage_class;
  if (!tier.empty()) to.headers.add("x-ms-access-tier", tier);
  for (const auto& [name, value] : what.service) to.headers.add(name, value);
  if (with.tagging && what.tags && !what.tags->empty()) {
    std::string all;
    for (const auto& [name, value] : *what.tags) {
      if (!all.empty()) all += '&';
      http::append_percent_encoded(all, name);
      all += '=';
      http::append_percent_encoded(all, value);
    }
    to.headers.add("x-ms-tags", all);
  }
  return {};
}

result<object::description> described(const http::reply& reply) {
  object::description out;
  const auto& headers = reply.headers;
  std::optional<std::uint64_t> size;
  if (const auto text = headers.find("Content-Range")) {
    if (const auto range = http::content_range::parse(*text)) size = range->size;
  }
  if (!size) size = http::content_length(headers);
  const auto etag = headers.find("ETag");
  if (!size || !etag) return fail(errc::corrupt);
  out.size = *size;
  out.current = version_of(*etag);
  out.version_id = headers.find("x-ms-version-id").value_or("");
  if (const auto date = headers.find("Last-Modified"))
    out.modified = http::parse_http_date(*date).value_or(timestamp{});
  if (const auto count = headers.find("x-ms-tag-count")) {
    out.tags = static_cast<std::uint32_t>(http::parse_decimal(*count).value_or(0));
  }
  for (const auto& [name, value] : headers) {
    const auto small = http::lower_case(name);
    if (small.starts_with(metadata_prefix)) {
      out.held.metadata.insert_or_assign(small.substr(metadata_prefix.size()), value);
    } else if (std::ranges::find(content_names, small) != content_names.end() && !value.empty()) {
      out.held.content.insert_or_assign(small, value);
    } else if (small == "x-ms-encryption-scope" || (small == "x-ms-blob-type" && value != "BlockBlob")) {
      out.held.service.insert_or_assign(small, value);
    }
  }
  const auto type = headers.find("x-ms-blob-type").value_or("BlockBlob");
  if (type == "AppendBlob") out.bytes = object::editable::end;
  if (type == "PageBlob") out.bytes = object::editable::none;
  // What the account says of all blobs is not said again of this one.
  if (const auto tier = headers.find("x-ms-access-tier"); tier && !headers.find("x-ms-access-tier-inferred")) {
    out.held.storage_class = *tier;
  }
  if (out.tags == 0) out.held.tags.emplace();
  return out;
}

}  // namespace randomio::azure
