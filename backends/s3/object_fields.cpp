#include <randomio/backends/s3/object_fields.hpp>

#include <algorithm>
#include <array>

#include <randomio/backends/http/content_range.hpp>
#include <randomio/backends/http/http_date.hpp>
#include <randomio/backends/http/letter_case.hpp>
#include <randomio/backends/http/percent.hpp>
#include <randomio/backends/s3/encoded_word.hpp>

namespace randomio::s3 {
namespace {

constexpr std::string_view metadata_prefix = "x-amz-meta-";
constexpr std::string_view storage_class_field = "x-amz-storage-class";
constexpr std::string_view encryption_field = "x-amz-server-side-encryption";
constexpr std::string_view kms_key_field = "x-amz-server-side-encryption-aws-kms-key-id";
constexpr std::string_view bucket_key_field = "x-amz-server-side-encryption-bucket-key-enabled";

constexpr std::array<std::string_view, 6> content_fields{"cache-control",    "content-disposition", "content-encoding",
                                                         "content-language", "content-type",        "expires"};
// A rewritten object must be given these again, or it loses them.
constexpr std::array<std::string_view, 7> service_fields{encryption_field,
                                                         kms_key_field,
                                                         bucket_key_field,
                                                         "x-amz-website-redirect-location",
                                                         "x-amz-object-lock-mode",
                                                         "x-amz-object-lock-retain-until-date",
                                                         "x-amz-object-lock-legal-hold"};

std::optional<std::uint64_t> size_of(const http::reply& reply) noexcept {
  if (const auto field = reply.headers.find("content-range")) {
    const auto range = http::content_range::parse(*field);
    return range ? range->size : std::nullopt;
  }
  return http::content_length(reply.headers);
}

/// What an uploader's framing left in `content-encoding` is no property of the object.
std::string without_framing(std::string_view encoding) {
  std::string out;
  while (!encoding.empty()) {
    const auto comma = std::min(encoding.find(','), encoding.size());
    auto one = encoding.substr(0, comma);
    encoding.remove_prefix(std::min(comma + 1, encoding.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one.empty() || one == "aws-chunked") continue;
    if (!out.empty()) out += ", ";
    out += one;
  }
  return out;
}

void take_field(object::properties& to, std::string_view name, std::string_view value, bool keep_service_fields) {
  if (name.starts_with(metadata_prefix)) {
    // A name that came twice is one value to the service. Source: RFC 9110 §5.3.
    auto& held = to.metadata[std::string(name.substr(metadata_prefix.size()))];
    if (!held.empty()) held += ',';
    held += text_of_field_value(value);
  } else if (std::ranges::find(content_fields, name) != content_fields.end()) {
    auto text = name == "content-encoding" ? without_framing(value) : std::string(value);
    if (!text.empty()) to.content.insert_or_assign(std::string(name), std::move(text));
  } else if (name == storage_class_field) {
    to.storage_class = value;
  } else if (keep_service_fields && std::ranges::find(service_fields, name) != service_fields.end()) {
    to.service.insert_or_assign(std::string(name), std::string(value));
  }
}

bool is_field_name(std::string_view text) noexcept {
  // Source: RFC 9110 §5.6.2, token.
  static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || marks.contains(c);
  });
}

bool is_field_value(std::string_view text) noexcept {
  return std::ranges::none_of(text, [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; });
}

unexpected refuse(std::string_view name, std::string_view why) {
  return unexpected(
      error(errc::invalid, operation::put).with_message("\"" + std::string(name) + "\" " + std::string(why)));
}

result<void> add_metadata(http::fields& to, const object::properties::texts& metadata, std::uint32_t bytes_max) {
  std::uint64_t bytes = 0;
  for (const auto& [name, text] : metadata) {
    if (!is_field_name(name)) return refuse(name, "cannot be the name of metadata");
    auto value = field_value_of(text);
    bytes += name.size() + value.size();
    to.add(std::string(metadata_prefix) + name, value);
  }
  if (bytes > bytes_max) {
    return unexpected(error(errc::no_space, operation::put)
                          .with_message("metadata of " + std::to_string(bytes) + " bytes; the service takes " +
                                        std::to_string(bytes_max)));
  }
  return {};
}

void add_default_encryption(http::fields& to, const encryption& sse) {
  const auto named =
      std::ranges::find(encryption_names, sse.what, &std::pair<std::string_view, encryption::kind>::second);
  if (named == encryption_names.end() || sse.what == encryption::kind::customer) return;
  to.set(encryption_field, named->first);
  if (sse.what == encryption::kind::s3) return;
  if (!sse.kms_key_id.empty()) to.set(kms_key_field, sse.kms_key_id);
  if (sse.bucket_key) to.set(bucket_key_field, "true");
}

}  // namespace

result<object::description> description_of(const http::reply& reply, const bucket& in, const asked& what) {
  const auto size = size_of(reply);
  const auto etag = reply.headers.find("etag");
  if (!size || !etag) return unexpected(unreadable(reply, what, "the reply has no size or no ETag"));
  object::description out{.size = *size, .current = version_of(*etag)};
  // What is not versioned may say that its version is "null".
  if (const auto id = reply.headers.find("x-amz-version-id"); id && *id != "null") out.version_id = *id;
  if (const auto date = reply.headers.find("last-modified"))
    out.modified = http::parse_http_date(*date).value_or(timestamp{});
  if (const auto count = reply.headers.find("x-amz-tagging-count")) {
    out.tags = static_cast<std::uint32_t>(http::parse_decimal(*count).value_or(0));
  }
  if (out.tags == 0) out.held.tags.emplace();
  for (const auto& [name, value] : reply.headers)
    take_field(out.held, http::lower_case(name), value, in.with().keep_service_fields);
  return out;
}

void add_placement(http::fields& to, const object::properties& with, const bucket& in) {
  const auto& storage_class = with.storage_class.empty() ? in.with().storage_class : with.storage_class;
  if (!storage_class.empty()) to.set(storage_class_field, storage_class);
  for (const auto& [name, value] : with.service) {
    if (is_field_name(name) && is_field_value(value)) to.set(name, value);
  }
  if (!with.service.contains(encryption_field)) add_default_encryption(to, in.with().sse);
  in.add_customer_key(to);
  if (in.with().sse.what == encryption::kind::customer) {
    for (const auto name : {encryption_field, kms_key_field, bucket_key_field}) to.remove(name);
  }
}

result<void> add_properties(http::fields& to, const object::properties& with, const bucket& in) {
  for (const auto& [name, value] : with.content) {
    if (!is_field_name(name) || !is_field_value(value)) return refuse(name, "has a value that no field can carry");
    to.set(name, value);
  }
  if (auto added = add_metadata(to, with.metadata, in.with().allows.metadata_bytes_max); !added) return added;
  if (with.tags && !with.tags->empty() && in.with().tagging) to.set("x-amz-tagging", tags_text(*with.tags));
  add_placement(to, with, in);
  return {};
}

std::string tags_text(const object::properties::texts& tags) {
  std::string out;
  for (const auto& [key, value] : tags) {
    if (!out.empty()) out += '&';
    http::append_percent_encoded(out, key);
    out += '=';
    http::append_percent_encoded(out, value);
  }
  return out;
}

}  // namespace randomio::s3
