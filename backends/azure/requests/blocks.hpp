#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/backends/azure/requests/blobs.hpp>

/// Requests about the blocks of a block blob. Errors, Borrows, Source: as in blobs.hpp.
namespace randomio::azure {

struct block {
  std::string id;  ///< In base64.
  std::uint64_t size = 0;
};

struct block_list {
  std::vector<block> committed;    ///< The content, in order; empty for a blob that was put whole.
  std::vector<block> uncommitted;  ///< Of uploads in flight, in no order.
  std::uint64_t size = 0;          ///< Of the content. 0 also, when nothing was ever committed.
  version current;                 ///< Empty, when nothing was ever committed.
};

/// A block in a list that becomes the content.
struct listed_block {
  std::string_view id;
  bool committed = false;  ///< It is in the content now; else it was uploaded and waits.
};

[[nodiscard]] task<result<void>> put_block(const service& at, const target& blob, std::string_view id,
                                           object::pieces content, std::string_view lease_id = {});
/// Errors: unsupported, where the service has no such request.
[[nodiscard]] task<result<void>> put_block_from_url(const service& at, const target& blob, std::string_view id,
                                                    const copy_source& from, range bytes,
                                                    std::string_view lease_id = {});
/// Publishes these blocks as the content. Everybody's other uncommitted blocks of the blob are gone then.
/// Errors: busy, when one of them is not there (any more).
[[nodiscard]] task<result<object::published>> put_block_list(const service& at, const target& blob,
                                                             std::span<const listed_block> blocks,
                                                             const object::properties& with, const writing& how);
[[nodiscard]] task<result<block_list>> get_block_list(const service& at, const target& blob);

/// A list as the body of a request has it.
[[nodiscard]] std::string block_list_text(std::span<const listed_block> blocks);
/// A list as the body of a reply has it. Errors: corrupt.
[[nodiscard]] result<block_list> parse_block_list(std::string_view text);

}  // namespace randomio::azure
