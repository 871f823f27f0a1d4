#include <randomio/backends/s3/requests/get_object.hpp>

#include <algorithm>
#include <limits>

#include <randomio/backends/http/content_range.hpp>
#include <randomio/backends/s3/object_fields.hpp>

namespace randomio::s3 {
namespace {

/// Where the bytes of a reply start: a server that does not know ranges sends the whole.
std::optional<std::uint64_t> start_of(const http::reply& reply) noexcept {
  if (reply.status != 206) return 0;
  const auto field = reply.headers.find("content-range");
  const auto range = field ? http::content_range::parse(*field) : std::nullopt;
  if (!range || !range->part) return std::nullopt;
  return range->part->start();
}

/// Compares the checksum that came with the object, if it is one of all its bytes.
bool is_intact(const http::reply& reply, std::span<const std::byte> all) {
  // Of parts' checksums, which ours cannot be compared with. Source: "Checking object integrity".
  const auto type = reply.headers.find("x-amz-checksum-type");
  if (type == "COMPOSITE") return true;
  for (const auto& [name, which] : checksum_algorithms) {
    if (which == checksum_algorithm::none) continue;
    const auto told = reply.headers.find(field_name(which));
    if (!told || told->contains('-')) continue;
    const std::span<const std::byte> pieces[] = {all};
    return checksum_of(which, pieces) == *told;
  }
  return true;
}

}  // namespace

http::request get_whole_object(const bucket& in, std::string_view full_key, std::span<std::byte> out,
                               const version& expected) {
  auto made = in.to_object(http::method::get, full_key);
  made.into = out;
  made.headers.set("accept-encoding", in.with().accept_encoding);
  if (!expected.tag.empty()) made.headers.set("if-match", expected.tag);
  if (in.with().checksum != checksum_algorithm::none) made.headers.set("x-amz-checksum-mode", "ENABLED");
  in.add_customer_key(made.headers);
  return made;
}

http::request get_object(const bucket& in, std::string_view full_key, std::uint64_t offset, std::span<std::byte> out,
                         const version& expected) {
  auto made = get_whole_object(in, full_key, out, expected);
  const auto end = offset + std::min<std::uint64_t>(out.size(), std::numeric_limits<std::uint64_t>::max() - offset);
  made.headers.set("range", http::range_field(*range::make(offset, end)));
  return made;
}

result<object::got> got_object(const http::reply& reply, const bucket& in, std::string_view key, std::uint64_t offset,
                               std::span<const std::byte> out) {
  const asked what{operation::get, key};
  auto about = description_of(reply, in, what);
  if (!about) return unexpected(std::move(about).error());
  if (start_of(reply) != offset) return unexpected(unreadable(reply, what, "the reply is about another range"));
  const auto count = std::min<std::uint64_t>(out.size(), about->size - std::min(about->size, offset));
  if (reply.received != count) return unexpected(unreadable(reply, what, "the reply is shorter than the object"));
  if (count == about->size && !is_intact(reply, out.first(reply.received))) {
    return unexpected(unreadable(reply, what, "the bytes that came do not have the object's checksum"));
  }
  return object::got{.count = reply.received, .object = *std::move(about)};
}

}  // namespace randomio::s3
