#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <randomio/backends/azure/credentials/credentials.hpp>
#include <randomio/backends/azure/service.hpp>
#include <randomio/backends/object/store.hpp>

/// Requests about one blob, one file each. Errors of all: those of `object::store`.
/// Borrows: arguments until completion.
/// Source:  Azure Storage REST API, the page of each request's name.
namespace randomio::azure {

/// Under what a blob is written.
struct writing {
  const precondition& when;
  std::string_view lease_id = {};  ///< When it has a lease.
};

[[nodiscard]] task<result<object::description>> get_blob_properties(const service& at, const target& blob,
                                                                    const version& expected, stop_token stop);
/// Reads from `offset` on; 0 bytes beyond the end.
[[nodiscard]] task<result<object::got>> get_blob(const service& at, const target& blob, std::uint64_t offset,
                                                 std::span<std::byte> out, const version& expected, stop_token stop);
[[nodiscard]] task<result<object::published>> put_blob(const service& at, const target& blob, object::pieces content,
                                                       const object::properties& with, const writing& how);
/// Its snapshots, if there are, stay and forbid it. Errors: not_found.
[[nodiscard]] task<result<void>> delete_blob(const service& at, const target& blob, const writing& how);

/// Where a copy comes from: its URL, authorised for the service, a secret; and what it must be.
struct copy_source {
  std::string url;
  version expected;
  secret bearer = {};  ///< When a token authorises reading it.
};

/// Starts a copy and waits until it is over; the service may take its time. Content headers stay the source's;
/// metadata and tags are those of `with`, if given. Blocks keep their ids.
[[nodiscard]] task<result<object::published>> copy_blob(const service& at, const target& to, const copy_source& from,
                                                        const object::properties* with, const writing& how);
/// The same in one request, for at most 256 MiB.
[[nodiscard]] task<result<object::published>> copy_blob_from_url(const service& at, const target& to,
                                                                 const copy_source& from,
                                                                 const object::properties* with, const writing& how);

/// Replace the metadata, and the content headers: what is not named is gone.
[[nodiscard]] task<result<object::published>> set_blob_metadata(const service& at, const target& blob,
                                                                const object::properties::texts& metadata,
                                                                const writing& how);
[[nodiscard]] task<result<object::published>> set_blob_properties(const service& at, const target& blob,
                                                                  const object::properties::texts& content,
                                                                  const writing& how);

[[nodiscard]] task<result<object::properties::texts>> get_blob_tags(const service& at, const target& blob);
[[nodiscard]] task<result<void>> set_blob_tags(const service& at, const target& blob,
                                               const object::properties::texts& tags);

/// Bytes at the end of an append blob, which must end at `position`, unless that is `anywhere`.
/// Returns: where they landed, and the new version. Errors: precondition_failed, when it ends elsewhere.
inline constexpr std::uint64_t anywhere = ~std::uint64_t{0};
struct appended {
  std::uint64_t offset = 0;
  version current;
};
[[nodiscard]] task<result<appended>> append_block(const service& at, const target& blob, object::pieces content,
                                                  std::uint64_t position, const writing& how);
/// An empty append blob.
[[nodiscard]] task<result<object::published>> put_append_blob(const service& at, const target& blob,
                                                              const object::properties& with, const writing& how);

/// What a reply to a publication says. Errors: corrupt, when it does not say the ETag.
[[nodiscard]] result<object::published> published_by(const http::reply& reply, const asked& about);
/// Adds condition and lease.
void add_writing(http::request& to, const writing& how);

}  // namespace randomio::azure
