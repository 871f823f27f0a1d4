#include <randomio/backends/azure/digest.hpp>
#include <randomio/backends/azure/requests/blocks.hpp>

namespace randomio::azure {

task<result<void>> put_block(const service& at, const target& blob, std::string_view id, object::pieces content,
                             std::string_view lease_id) {
  auto what = at.where().to_blob(http::method::put, blob.full, http::query().add("comp", "block").add("blockid", id));
  what.headers.add("Content-Type", "application/octet-stream");
  what.headers.add("Content-MD5", content_md5(content));
  if (!lease_id.empty()) what.headers.add("x-ms-lease-id", lease_id);
  what.body = content;
  const auto got = co_await at.send(what, {.op = operation::write, .key = blob.key});
  if (!got) co_return unexpected(got.error());
  co_return result<void>{};
}

}  // namespace randomio::azure
