#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/backends/http/client.hpp>
#include <randomio/backends/object/store.hpp>
#include <randomio/backends/s3/bucket.hpp>
#include <randomio/backends/s3/options.hpp>
#include <randomio/core/runtime/gate.hpp>

namespace randomio::s3 {

/// The objects of an S3 bucket, or of what speaks its protocol.
///
/// Threads: on the threads of loops, several at once.
class store final : public object::store {
 public:
  /// Told where the bucket turned out to be, so that requests are signed for that region.
  using region_listener = std::function<void(std::string_view region)>;

  /// Asks nothing of the service yet.
  ///
  /// `client` signs what it sends.
  ///
  /// Errors:  invalid, naming the option.
  [[nodiscard]] static result<std::unique_ptr<store>> make(options what, std::shared_ptr<http::client> client,
                                                           region_listener moved = {});

  [[nodiscard]] const object::limits& allows() const noexcept override { return limits_; }
  [[nodiscard]] task<result<object::conditions>> honours() override;

  [[nodiscard]] task<result<object::description>> head(std::string_view key, stop_token stop = {}) override;
  [[nodiscard]] task<result<object::got>> get(std::string_view key, std::uint64_t offset, std::span<std::byte> out,
                                              const version& expected = {}, stop_token stop = {}) override;
  [[nodiscard]] task<result<object::got>> get_whole(std::string_view key, std::span<std::byte> out,
                                                    const version& expected, stop_token stop) override;
  [[nodiscard]] task<result<object::properties::texts>> tags(std::string_view key) override;
  [[nodiscard]] task<result<object::list_page>> list(const object::list_request& which, stop_token stop = {}) override;

  [[nodiscard]] task<result<object::published>> put(std::string_view key, object::pieces content,
                                                    const object::properties& with, const precondition& when) override;
  [[nodiscard]] task<result<object::published>> copy(const object::source& from, std::string_view to,
                                                     const object::properties* with, const precondition& when) override;
  /// Where the service knows no condition on deletes, one is checked before: a change in between is not seen.
  [[nodiscard]] task<result<void>> remove(std::string_view key, const precondition& when) override;
  [[nodiscard]] task<result<std::vector<error>>> remove_all(std::span<const std::string> keys) override;

  [[nodiscard]] task<result<object::upload>> begin_upload(std::string_view key,
                                                          const object::properties& with) override;
  [[nodiscard]] task<result<object::part>> upload_part(const object::upload& to, std::uint32_t number,
                                                       object::pieces content) override;
  [[nodiscard]] task<result<object::part>> copy_part(const object::upload& to, std::uint32_t number,
                                                     const object::source& from, range bytes) override;
  [[nodiscard]] std::optional<std::string> checksum_of(std::span<const object::part> parts) const override;
  [[nodiscard]] task<result<object::published>> complete(const object::upload& what,
                                                         std::span<const object::part> parts,
                                                         const precondition& when) override;
  [[nodiscard]] task<result<void>> abort(const object::upload& what) override;
  [[nodiscard]] task<result<std::vector<object::upload>>> uploads(std::string_view prefix) override;

  /// The parts that an upload has so far. Errors: not_found.
  [[nodiscard]] task<result<std::vector<object::part>>> parts(const object::upload& of);

 private:
  friend class condition_probe;

  store(bucket in, std::shared_ptr<http::client> client, region_listener moved);

  [[nodiscard]] std::shared_ptr<const bucket> here() const;
  /// Follows the bucket to another region. Returns: the bucket there; null when it makes no difference.
  [[nodiscard]] std::shared_ptr<const bucket> move_to(std::string_view region, const bucket& from);
  /// Sends a request that `in` made. Returns: a reply that is a success.
  [[nodiscard]] task<result<http::reply>> send(http::request& what, std::shared_ptr<const bucket> in, asked about);

  /// Errors: unsupported, when the service ignores this condition, which then protects nobody.
  [[nodiscard]] task<result<void>> require(bool object::conditions::* honoured, const precondition& when);

  // What the methods of the same names do, without asking whether conditions are honoured.
  [[nodiscard]] task<result<object::description>> head_now(std::string_view full, std::string_view key,
                                                           const version& expected, std::string_view version_id,
                                                           stop_token stop);
  [[nodiscard]] task<result<object::published>> put_now(std::string_view key, object::pieces content,
                                                        const object::properties& with, const precondition& when);
  [[nodiscard]] task<result<object::published>> copy_now(const object::source& from, std::string_view to,
                                                         const object::properties* with, const precondition& when);
  [[nodiscard]] task<result<void>> remove_now(std::string_view key, const precondition& when);
  [[nodiscard]] task<result<object::published>> complete_now(const object::upload& what,
                                                             std::span<const object::part> parts,
                                                             const precondition& when);
  [[nodiscard]] task<result<void>> remove_batch(std::span<const std::string> full_keys, std::vector<error>& failed);

  const object::limits limits_;
  const std::shared_ptr<http::client> client_;
  const region_listener moved_;
  mutable std::mutex mutex_;
  std::shared_ptr<const bucket> bucket_;          // Under the mutex.
  std::optional<object::conditions> conditions_;  // Under the mutex, once they are known.
  async_gate probing_;
};

}  // namespace randomio::s3
