#include <randomio/backends/azure/requests/blocks.hpp>
#include <randomio/backends/http/content_range.hpp>
#include <randomio/backends/http/xml.hpp>

namespace randomio::azure {
namespace {

bool take_blocks(http::xml_element from, std::vector<block>& to) {
  bool whole = true;
  from.for_each([&](http::xml_element one) {
    const auto size = one.child("Size").number();
    whole = whole && size.has_value();
    to.push_back({.id = std::string(one.child("Name").text()), .size = size.value_or(0)});
  });
  return whole;
}

}  // namespace

result<block_list> parse_block_list(std::string_view text) {
  const auto parsed = http::xml_reply::parse(text, "BlockList", long_lists);
  if (!parsed) return unexpected(parsed.error());
  block_list out;
  if (!take_blocks(parsed->root().child("CommittedBlocks"), out.committed) ||
      !take_blocks(parsed->root().child("UncommittedBlocks"), out.uncommitted)) {
    return unexpected(error(errc::corrupt).with_message("a block has no size"));
  }
  return out;
}

task<result<block_list>> get_block_list(const service& at, const target& blob) {
  const asked about{.op = operation::list, .key = blob.key};
  auto what = at.where().to_blob(http::method::get, blob.full,
                                 http::query().add("comp", "blocklist").add("blocklisttype", "all"));
  what.collected_bytes_max = long_lists.bytes_max;
  const auto got = co_await at.send(what, about);
  if (!got) co_return unexpected(got.error());
  auto out = parse_block_list(got->body);
  if (!out) co_return unexpected(unreadable(*got, about, out.error().message()));
  // Both are there only when something is committed.
  out->current = version_of(got->headers.find("ETag").value_or(""));
  out->size = http::parse_decimal(got->headers.find("x-ms-blob-content-length").value_or("")).value_or(0);
  co_return out;
}

}  // namespace randomio::azure
