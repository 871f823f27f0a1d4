#include <randomio/backends/azure/requests/blocks.hpp>
#include <randomio/backends/http/content_range.hpp>

namespace randomio::azure {

task<result<void>> put_block_from_url(const service& at, const target& blob, std::string_view id,
                                      const copy_source& from, range bytes, std::string_view lease_id) {
  auto what = at.where().to_blob(http::method::put, blob.full, http::query().add("comp", "block").add("blockid", id));
  what.headers.add("x-ms-copy-source", from.url);
  what.headers.add("x-ms-source-range", http::range_field(bytes));
  if (!from.expected.tag.empty()) what.headers.add("x-ms-source-if-match", from.expected.tag);
  if (!from.bearer.empty()) {
    what.headers.add("x-ms-copy-source-authorization", "Bearer " + std::string(from.bearer.reveal()));
  }
  if (!lease_id.empty()) what.headers.add("x-ms-lease-id", lease_id);
  what.work_time = http::time_to_copy(bytes.len());
  const auto got = co_await at.send(what, {.op = operation::copy, .key = blob.key});
  if (!got) co_return unexpected(got.error());
  co_return result<void>{};
}

}  // namespace randomio::azure
