#include <array>

#include <randomio/backends/azure/digest.hpp>
#include <randomio/backends/azure/requests/blocks.hpp>
#include <randomio/backends/http/xml.hpp>

namespace randomio::azure {

std::string block_list_text(std::span<const listed_block> blocks) {
  http::xml_text text;
  text.declare().open("BlockList");
  // Never <Latest>: which of two blocks that is depends on what others uploaded meanwhile.
  for (const auto& one : blocks) text.element(one.committed ? "Committed" : "Uncommitted", one.id);
  return std::move(text.close("BlockList")).take();
}

task<result<object::published>> put_block_list(const service& at, const target& blob,
                                               std::span<const listed_block> blocks, const object::properties& with,
                                               const writing& how) {
  const asked about{.op = operation::put, .key = blob.key, .condition = how.when.what()};
  const auto text = block_list_text(blocks);
  const std::array<std::span<const std::byte>, 1> body{std::as_bytes(std::span(text))};
  auto what = at.where().to_blob(http::method::put, blob.full, http::query().add("comp", "blocklist"));
  what.headers.add("Content-Type", "application/xml");
  what.headers.add("Content-MD5", content_md5(body));
  if (auto done = add_properties(what, with, at.where().with()); !done) {
    co_return unexpected(std::move(done).error().with_key(blob.key));
  }
  add_writing(what, how);
  // A second one would miss the blocks that the first one has committed.
  what.again = http::repeatable::if_refused;
  what.body = body;
  const auto got = co_await at.send(what, about);
  if (!got) co_return unexpected(got.error());
  co_return published_by(*got, about);
}

}  // namespace randomio::azure
