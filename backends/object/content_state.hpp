#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <randomio/backends/object/commit_run.hpp>
#include <randomio/backends/object/content.hpp>
#include <randomio/backends/object/extents.hpp>
#include <randomio/backends/object/generation.hpp>
#include <randomio/backends/object/segment.hpp>
#include <randomio/backends/object/staging.hpp>
#include <randomio/backends/object/tail_stream.hpp>
#include <randomio/core/runtime/gate.hpp>

namespace randomio::object {

/// What a content is made of. While a commit is in flight, and until it is known what became of it, its generation is
/// frozen, and `live` is what was edited since: its base ranges are ranges of the frozen generation.
class content::state {
 public:
  state(editing& shared, std::string name, std::optional<description> opened, properties with);
  ~state();

  // Under the mutex.
  [[nodiscard]] bool dirty() const { return !exists || bytes_dirty || held_dirty || frozen; }
  [[nodiscard]] std::vector<extent> resolved(range bytes) const;
  [[nodiscard]] std::shared_ptr<const origin> base_origin() const;
  void drop(const std::vector<range>& addresses) { staged.drop(addresses); }
  void changed(bool by_append);
  void held_changed();
  /// Errors: unsupported, where the service does not let it.
  [[nodiscard]] result<void> may_change(bool by_append) const;
  /// Errors: too_large, when `bytes` would be part of a longer hole than is published.
  [[nodiscard]] result<void> may_be_hole(range bytes) const;
  enum class holes : std::uint8_t { wait, leave };
  [[nodiscard]] bool may_stream(holes may) const;

  /// Makes what was streamed readable again, when an operation needs bytes from `from` on.
  [[nodiscard]] task<result<void>> settle(std::uint64_t from);
  /// Publishes what is appended to an object in place, when `bytes` more are too many for one request.
  [[nodiscard]] task<result<void>> make_room(std::uint64_t bytes);
  [[nodiscard]] task<result<range>> stage(std::span<const std::byte> data);
  /// Puts staged data in its place, and streams what is complete.
  [[nodiscard]] task<result<void>> put(std::uint64_t offset, std::span<const std::byte> data, bool is_append);
  /// Sends what is complete. Holes wait, because they may be filled yet, until what is behind them needs their leave.
  [[nodiscard]] task<result<void>> stream_more(holes may);
  [[nodiscard]] task<result<void>> commit();
  /// Publishes one generation: the one that is frozen already, or else what is dirty.
  [[nodiscard]] task<result<void>> commit_generation();
  /// Waits for the commit in flight; finds out what became of one that nobody knows of.
  [[nodiscard]] task<result<void>> finish();
  [[nodiscard]] task<result<std::uint64_t>> keep(std::string path);
  [[nodiscard]] task<void> discard();
  void arrived(tail_stream& from, std::uint32_t number);
  void freeze();
  void merge_back();
  void adopt(const commit_run::outcome& done);

  editing& with;
  mutable std::mutex mutex;
  std::string key;
  std::optional<description> base;
  properties held;
  properties stamped;  ///< Those of the last generation that was published.
  extents live;
  std::unique_ptr<generation> frozen;
  std::unique_ptr<commit_run> publication;  ///< Of `frozen`. Under the gate `committing`.
  bool exists;
  bool bytes_dirty = false;
  bool held_dirty = false;
  bool appends_only = true;
  bool is_withdrawn = false;     ///< No commit may begin.
  std::uint64_t edits = 0;       ///< Counts every change.
  std::uint64_t held_edits = 0;  ///< Counts changes of properties.
  std::uint64_t bases = 0;       ///< Counts changes of the base.
  std::uint64_t preserved = 0;   ///< The edits of which a copy was kept, after a conflict.
  std::uint64_t early = 0;       ///< Publications that nobody asked for.
  std::function<void(properties&)> stamp;
  staging staged;
  std::unique_ptr<tail_stream> stream;

  async_gate order;       ///< Changes, in order of arrival. Taken before the others.
  async_gate committing;  ///< One commit in flight.
  async_gate streaming;   ///< Who sends parts.
};

}  // namespace randomio::object
