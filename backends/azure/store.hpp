#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/backends/azure/authorising_client.hpp>
#include <randomio/backends/azure/block_id.hpp>
#include <randomio/backends/azure/requests/blocks.hpp>
#include <randomio/backends/azure/service.hpp>
#include <randomio/backends/object/store.hpp>

namespace randomio::azure {

/// The blobs of one container. An upload is a set of uncommitted blocks, whose ids share random bytes; parts are
/// blocks, or several where one request cannot copy them.
///
/// What is special here:
///   - An upload's properties travel with its completion, so an upload that this store did not begin cannot be
///     completed: not_found.
///   - Uncommitted blocks cannot be removed: `abort` forgets an upload, and the service drops its blocks after a week,
///     or at the next publication of the blob.
///   - Whoever publishes a blob discards the uncommitted blocks of all uploads to it, also those of others: their
///     completion is busy, and starts from the bytes again.
///   - `uploads` of a prefix finds those of blobs that were never published; of others only for the one key that the
///     prefix is: it would take a request a blob.
///   - A copy onto itself sets the properties in place, in one request for content headers and one for metadata.
///   - Append blobs are appended to, page blobs are only read; rewriting either is unsupported here.
///   - Metadata names are identifiers: `-` becomes `_`.
class store final : public object::store {
 public:
  /// Borrows: `sends`, which authorises by `keys` and retries, and `keys`, for its life. Keeps `kept` as long.
  store(http::client& sends, authorising_client& keys, container where, std::shared_ptr<void> kept = {});

  [[nodiscard]] const object::limits& allows() const noexcept override { return limits_; }
  [[nodiscard]] task<result<object::conditions>> honours() override;

  [[nodiscard]] task<result<object::description>> head(std::string_view key, stop_token stop = {}) override;
  [[nodiscard]] task<result<object::got>> get(std::string_view key, std::uint64_t offset, std::span<std::byte> out,
                                              const version& expected = {}, stop_token stop = {}) override;
  [[nodiscard]] task<result<object::properties::texts>> tags(std::string_view key) override;
  [[nodiscard]] task<result<object::list_page>> list(const object::list_request& which, stop_token stop = {}) override;

  [[nodiscard]] task<result<object::published>> put(std::string_view key, object::pieces content,
                                                    const object::properties& with, const precondition& when) override;
  [[nodiscard]] task<result<object::published>> copy(const object::source& from, std::string_view to,
                                                     const object::properties* with, const precondition& when) override;
  [[nodiscard]] task<result<void>> remove(std::string_view key, const precondition& when) override;
  [[nodiscard]] task<result<std::vector<error>>> remove_all(std::span<const std::string> keys) override;

  [[nodiscard]] task<result<object::upload>> begin_upload(std::string_view key,
                                                          const object::properties& with) override;
  [[nodiscard]] task<result<object::part>> upload_part(const object::upload& to, std::uint32_t number,
                                                       object::pieces content) override;
  [[nodiscard]] task<result<object::part>> copy_part(const object::upload& to, std::uint32_t number,
                                                     const object::source& from, range bytes) override;
  [[nodiscard]] task<result<object::published>> complete(const object::upload& what,
                                                         std::span<const object::part> parts,
                                                         const precondition& when) override;
  [[nodiscard]] task<result<void>> abort(const object::upload& what) override;
  [[nodiscard]] task<result<std::vector<object::upload>>> uploads(std::string_view prefix) override;
  [[nodiscard]] task<result<std::vector<object::part>>> published_parts(std::string_view key,
                                                                        const version& expected) override;

  /// The requests themselves, for what the interface above does not offer: leases, append blobs.
  [[nodiscard]] const service& requests() const noexcept { return service_; }
  /// A blob by its key. Errors: invalid, name_too_long.
  [[nodiscard]] result<target> blob(std::string_view key) const;

  [[nodiscard]] task<result<object::published>> append(std::string_view key, std::uint64_t position,
                                                       object::pieces content, const version& expected) override;

 private:
  [[nodiscard]] task<result<object::conditions>> probe();
  [[nodiscard]] task<result<copy_source>> source_of(const object::source& from, bool minted);
  [[nodiscard]] task<result<object::published>> set_in_place(const target& blob, const object::properties& with,
                                                             const version& expected);
  [[nodiscard]] task<result<std::size_t>> id_bytes_of(const target& blob);
  [[nodiscard]] task<result<std::vector<block>>> fetch_blocks(const target& to, const block_ids& ids,
                                                              std::uint16_t number, const object::source& from,
                                                              range bytes);

  const std::shared_ptr<void> kept_;
  const service service_;
  authorising_client& keys_;
  const object::limits limits_;
  std::atomic<bool> copies_blocks_{true};  // Until the service says that it cannot.
  std::atomic<bool> has_batches_{true};

  std::mutex mutex_;  // Guards what follows, and is never held across a suspension.
  std::optional<object::conditions> honoured_;
  std::map<std::string, object::properties, std::less<>> begun_;  // By upload id.
  // How long the ids of a blob's blocks are, where its list was read just now: what begins an upload has mostly asked
  // for the blocks that it keeps, and so needs no list of its own.
  struct id_length {
    std::size_t bytes = 0;
    std::chrono::steady_clock::time_point at;
  };
  std::map<std::string, id_length, std::less<>> id_lengths_;  // By key, each for one upload.
};

}  // namespace randomio::azure
