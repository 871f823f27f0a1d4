#include <randomio/backends/azure/digest.hpp>
#include <randomio/backends/azure/requests/blobs.hpp>
#include <randomio/backends/http/content_range.hpp>

namespace randomio::azure {

task<result<appended>> append_block(const service& at, const target& blob, object::pieces content,
                                    std::uint64_t position, const writing& how) {
  const asked about{.op = operation::append, .key = blob.key, .condition = how.when.what()};
  auto what = at.where().to_blob(http::method::put, blob.full, http::query().add("comp", "appendblock"));
  what.headers.add("Content-Type", "application/octet-stream");
  what.headers.add("Content-MD5", content_md5(content));
  if (position != anywhere) what.headers.add("x-ms-blob-condition-appendpos", std::to_string(position));
  add_writing(what, how);
  // Appending twice is not appending once.
  what.again = http::repeatable::if_refused;
  what.body = content;
  const auto got = co_await at.send(what, about);
  if (!got) co_return unexpected(got.error());
  const auto offset = http::parse_decimal(got->headers.find("x-ms-blob-append-offset").value_or(""));
  const auto etag = got->headers.find("ETag");
  if (!offset || !etag) co_return unexpected(unreadable(*got, about, "the reply does not say where the bytes landed"));
  co_return appended{.offset = *offset, .current = version_of(*etag)};
}

task<result<object::published>> put_append_blob(const service& at, const target& blob, const object::properties& with,
                                                const writing& how) {
  const asked about{.op = operation::put, .key = blob.key, .condition = how.when.what()};
  auto what = at.where().to_blob(http::method::put, blob.full);
  what.headers.add("x-ms-blob-type", "AppendBlob");
  if (auto done = add_properties(what, with, at.where().with()); !done) {
    co_return unexpected(std::move(done).error().with_key(blob.key));
  }
  add_writing(what, how);
  const auto got = co_await at.send(what, about);
  if (!got) co_return unexpected(got.error());
  co_return published_by(*got, about);
}

}  // namespace randomio::azure
