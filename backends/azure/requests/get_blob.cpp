#include <algorithm>

#include <randomio/backends/azure/requests/blobs.hpp>
#include <randomio/backends/http/content_range.hpp>

namespace randomio::azure {

task<result<object::got>> get_blob(const service& at, const target& blob, std::uint64_t offset,
                                   std::span<std::byte> out, const version& expected, stop_token stop) {
  const asked about{.op = operation::get, .key = blob.key};
  const auto wanted = range::from_len(offset, out.size());
  if (wanted && !wanted->empty()) {
    auto what = at.where().to_blob(http::method::get, blob.full);
    what.headers.add("Range", http::range_field(*wanted));
    if (!expected.tag.empty()) what.headers.add("If-Match", expected.tag);
    what.into = out;
    what.stop = stop;
    const auto got = co_await at.send(what, about);
    // A server that sends nothing of what is beyond the end describes it as badly as one that refuses.
    if (got && (got->received > 0 || offset == 0)) {
      auto found = described(*got);
      const auto field = got->headers.find("Content-Range");
      const auto told = field ? http::content_range::parse(*field) : std::nullopt;
      const bool is_what_was_asked =
          got->status == 206 ? told && told->part && told->part->start() == offset : offset == 0;
      // A server that ignores the range of an empty blob sends nothing.
      const bool is_nothing = got->received == 0 && found && found->size == 0;
      if (!found || !(is_what_was_asked || is_nothing)) {
        co_return unexpected(unreadable(*got, about, "the reply is not the range that was asked for"));
      }
      if (got->received != std::min<std::uint64_t>(out.size(), found->size - std::min(offset, found->size))) {
        co_return unexpected(unreadable(*got, about, "the reply is shorter than the blob"));
      }
      co_return object::got{.count = got->received, .object = *std::move(found)};
    }
    if (!got && got.error() == errc::precondition_failed) {
      // Not every server says of a blob that is gone that it is gone.
      const auto there = co_await get_blob_properties(at, blob, {}, stop);
      co_return unexpected(!there && there.error() == errc::not_found ? there.error() : got.error());
    }
    if (!got && got.error() != errc::range) co_return unexpected(got.error());
  }
  // Beyond the end: a reply that says so does not describe the blob.
  auto found = co_await get_blob_properties(at, blob, expected, stop);
  if (!found) co_return unexpected(std::move(found).error());
  co_return object::got{.count = 0, .object = *std::move(found)};
}

}  // namespace randomio::azure
