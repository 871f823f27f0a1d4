#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <randomio/backends/object/store.hpp>
#include <randomio/core/runtime/sleep.hpp>

#include "tests/support/object/faults.hpp"
#include "tests/support/object/rope.hpp"

namespace randomio::testing {

/// An object store in memory that enforces what a service enforces and fails when it is told to. It needs a running
/// loop only for delays: without them every request completes at once.
///
/// Threads: all calls from any thread.
class fake_store final : public object::store {
 public:
  /// What is stored under a key, by one publication.
  struct stored {
    rope bytes;
    object::description about;
    std::vector<object::part> parts = {};  ///< That can be published again; empty when it was put whole.
  };
  struct settings {
    object::limits allowed = {};
    object::conditions honoured = all_conditions();  ///< What is enforced; the rest is silently ignored.
    std::optional<object::conditions> claimed = {};  ///< What `honours` says; empty: the truth.
    bool is_versioned = false;
    bool lists_metadata = false;
    bool content_tags = true;    ///< ETags of single puts depend on the bytes alone, as MD5 does.
    bool has_checksums = false;  ///< Of objects and parts. Of small ones: they are made up of all bytes.
    std::uint64_t seed = 1;
    faults goes_wrong = {};
  };

  fake_store() : fake_store(settings{}) {}
  explicit fake_store(settings with);

  [[nodiscard]] static object::conditions all_conditions() {
    return {.put = true, .complete = true, .copy = true, .copy_source = true, .remove = true};
  }
  /// R2's: uniform parts, and no conditional delete.
  [[nodiscard]] static settings uniform();
  /// Azure's: blocks that are published again; whoever publishes discards what others have uploaded.
  [[nodiscard]] static settings block_lists();

  // What a test does behind the clients' backs: at once, counted nowhere, never failing.
  void plant(const std::string& key, rope bytes, object::properties with = {});
  /// As parts of that size, which can be published again.
  void plant_parts(const std::string& key, rope bytes, std::uint64_t part_bytes);
  /// As one that is changed only so.
  void plant_editable(const std::string& key, rope bytes, object::editable may);
  void erase(const std::string& key);
  [[nodiscard]] std::optional<stored> peek(const std::string& key) const;
  [[nodiscard]] std::string text(const std::string& key) const;  ///< Empty when there is none.
  [[nodiscard]] std::vector<std::string> keys() const;
  [[nodiscard]] std::size_t uploads_open() const;  ///< Of those whose id was told to somebody.
  void end_upload(const std::string& id);
  [[nodiscard]] usage used() const;
  void forget_usage();

  /// From now on. Threads: while no request is in flight.
  void set_faults(const faults& goes_wrong);
  void set_conditions(const object::conditions& honoured);
  /// Called before each request is carried out, without any lock; may use everything above.
  using hook = std::function<void(request, std::string_view key)>;
  void before_each(hook call);
  /// The next request of this kind has this fate, whatever else was drawn. Several queue up.
  void next(request what, const fate& has);
  void forget_scripts();
  /// Carries out everything that is late, in the order in which it was sent.
  void carry_out_late();

  [[nodiscard]] const object::limits& allows() const noexcept override { return set_.allowed; }
  [[nodiscard]] task<result<object::conditions>> honours() override;
  [[nodiscard]] task<result<object::description>> head(std::string_view key, stop_token stop) override;
  [[nodiscard]] task<result<object::got>> get(std::string_view key, std::uint64_t offset, std::span<std::byte> out,
                                              const version& expected, stop_token stop) override;
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
  [[nodiscard]] std::optional<std::string> checksum_of(std::span<const object::part> parts) const override;
  [[nodiscard]] task<result<object::published>> append(std::string_view key, std::uint64_t position,
                                                       object::pieces content, const version& expected) override;

 private:
  struct stored_part {
    rope bytes;
    std::string tag;
  };
  struct open_upload {
    object::upload about;
    object::properties with;
    std::map<std::uint32_t, stored_part> parts;
    bool is_orphan = false;  ///< The reply that told its id was lost.
  };
  /// The objects of one key, the current one first.
  using versions = std::vector<stored>;

  static error refused(errc code, std::string_view key, std::string_view why, int status = 400,
                       operation op = operation::put);
  fate draw(request what, std::string_view key, bool is_conditional);
  task<result<void>> arrive(request what, std::string_view key, const fate& has);
  template <class T>
  task<result<T>> answer(const fate& has, result<T> outcome, bool publishes);
  /// Carries out a publication, now or late. `act` owns what it needs, and takes the lock.
  template <class Act>
  task<std::invoke_result_t<Act&>> carry_out(const fate& has, Act act);

  // All below: under the lock.
  [[nodiscard]] const stored* find(std::string_view key) const;
  [[nodiscard]] result<const stored*> find_source(const object::source& from, bool is_checked) const;
  [[nodiscard]] result<void> check(std::string_view key, const precondition& when, bool is_honoured) const;
  [[nodiscard]] result<void> check_name(std::string_view key, const object::properties& with) const;
  object::published publish(std::string_view key, rope bytes, const object::properties& with, std::string tag,
                            std::vector<object::part> parts = {});
  [[nodiscard]] std::string tag_of(const rope& bytes);
  [[nodiscard]] std::string fresh_tag();
  [[nodiscard]] std::string checksum(const rope& bytes) const;
  result<rope> assembled(const open_upload& from, std::span<const object::part> parts) const;
  result<rope> joined_blocks(const open_upload& from, std::span<const object::part> parts) const;

  settings set_;
  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  std::map<std::string, versions, std::less<>> objects_;
  std::map<std::string, open_upload, std::less<>> uploads_;
  std::map<request, std::vector<fate>> scripted_;
  struct late_request {
    std::uint64_t due;  ///< When so many requests have come.
    std::function<void()> act;
  };
  std::vector<late_request> late_;
  hook hook_;
  usage used_;
  std::uint64_t serial_ = 0;
};

template <class T>
task<result<T>> fake_store::answer(const fate& has, result<T> outcome, bool publishes) {
  if (has.after.count() > 0) static_cast<void>(co_await sleep_for(has.after));
  if (has.is_lost) {
    co_return unexpected(error(publishes ? errc::outcome_unknown : errc::unreachable).with_message("no reply"));
  }
  co_return outcome;
}

template <class Act>
task<std::invoke_result_t<Act&>> fake_store::carry_out(const fate& has, Act act) {
  if (has.late > 0) {
    const std::scoped_lock lock(mutex_);
    late_.push_back({.due = used_.requests + has.late, .act = [act]() mutable { static_cast<void>(act()); }});
    co_return unexpected(error(errc::outcome_unknown).with_message("no reply"));
  }
  co_return co_await answer(has, act(), true);
}

}  // namespace randomio::testing
