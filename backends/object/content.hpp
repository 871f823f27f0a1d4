#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <randomio/backends/object/editing.hpp>
#include <randomio/backends/object/properties.hpp>
#include <randomio/core/io/file.hpp>
#include <randomio/core/io/range.hpp>
#include <randomio/core/io/stop.hpp>
#include <randomio/core/runtime/task.hpp>

namespace randomio::object {

/// The bytes and the properties of one object while it is read and edited: one version of it, the base, and one
/// overlay of what was changed since, shared by everybody who has it open. Nothing that is changed is visible in the
/// store before `commit`.
///
/// Errors:  the store's, of all that ask it; precondition_failed, when the base is not in the store any more because
///          somebody else replaced it.
/// Borrows: spans and `editing`; spans until completion.
/// Threads: all calls from any loop's thread, concurrently. Writes, appends, changes of size and holes take effect in
///          order of arrival. Nobody may be inside when it is destroyed, and what it streams must have ended: `commit`
///          or `discard` came last.
class content {
 public:
  /// Without `base`, a new object, which exists only after the first commit; `held` are its properties.
  content(editing& with, std::string key, std::optional<description> base, properties held);
  content(const content&) = delete;
  content& operator=(const content&) = delete;
  ~content();

  [[nodiscard]] std::string key() const;
  [[nodiscard]] std::uint64_t size() const;
  /// True when a commit would publish something: bytes, properties, or that the object exists.
  [[nodiscard]] bool dirty() const;
  /// True when bytes changed since the last publication; false when only properties did.
  [[nodiscard]] bool bytes_dirty() const;
  /// What the store held when this was opened or last committed; nothing for what was never published.
  [[nodiscard]] std::optional<description> base() const;

  /// How often bytes that were streamed had to be published before anybody asked, to be read or rewritten.
  [[nodiscard]] std::uint64_t early_publications() const;

  /// The properties that the next commit publishes.
  [[nodiscard]] properties held() const;
  /// Changes them; makes the content dirty. Threads: `change` runs on the calling thread, under a lock: no calls here.
  void edit(const std::function<void(properties&)>& change);
  /// Called when a commit takes its snapshot, with the properties that it will publish: the moment to put the time of
  /// the last write there. Threads: as `edit`. Once, before the content is shared.
  void stamp_with(std::function<void(properties&)> stamp);
  /// What `stamp` left at the last commit. `base` has what was published: of a stream, what it was at its beginning.
  [[nodiscard]] properties stamped() const;

  /// Adopts what the store holds now, when nothing is dirty. Returns: false, and changes nothing, when something is.
  bool rebase(description now);
  /// Another key for what was never published (`base()` is nothing and no commit runs). Returns: false otherwise.
  bool retarget(std::string key);
  /// Waits for the commit in flight, and lets none begin any more: what has the name now is about to lose it. Returns:
  /// whether something of this may be in the store.
  [[nodiscard]] task<bool> withdraw();
  /// Lets commits begin again.
  void readmit();
  [[nodiscard]] bool is_withdrawn() const;

  /// Short only at the end; 0 beyond it.
  [[nodiscard]] task<result<std::size_t>> read(std::uint64_t offset, std::span<std::byte> out, stop_token stop = {});
  /// Errors: no_space, when neither memory nor spill takes it; too_large, past the store's limit, or when the hole
  /// before
  ///         it is longer than `editing::hole_bytes_max`. The same of `resize` and `make_hole`.
  [[nodiscard]] task<result<void>> write(std::uint64_t offset, std::span<const std::byte> data);
  /// Writes at the end, whole, and remembers that it did: when another machine changes the object before this is
  /// committed, it follows what that machine wrote. Returns: the offset, as far as is known here.
  [[nodiscard]] task<result<std::uint64_t>> append(std::span<const std::byte> data);
  [[nodiscard]] task<result<void>> resize(std::uint64_t size);
  /// Makes a range read as zeros; the size stays.
  [[nodiscard]] task<result<void>> make_hole(range bytes);
  /// Errors: no_such_address, at or past the end. Source: lseek(2).
  [[nodiscard]] result<std::uint64_t> seek(std::uint64_t offset, seek_target target) const;
  /// Makes `len` bytes at `to` a copy of those at `from` of `source`, which may be this one. What the store holds of
  /// them is copied inside the store, by the next commit, which fails with precondition_failed when the source is gone.
  /// Returns: the bytes copied; short only at the end of the source.
  [[nodiscard]] task<result<std::uint64_t>> copy_from(content& source, std::uint64_t from, std::uint64_t to,
                                                      std::uint64_t len);

  /// Publishes what is dirty at this moment, under the condition that the store still holds the base. Concurrent calls
  /// share the next commit. After a failure everything is dirty as before.
  ///
  /// Errors: precondition_failed and already_exists, when somebody else changed the object and `on_conflict` is estale;
  ///         outcome_unknown, when it may or may not have been published; unsupported, when the store ignores
  ///         conditions and `unsafe_without_conditions` is off; too_large; busy, while it is withdrawn.
  [[nodiscard]] task<result<void>> commit();
  /// Writes what is dirty into files beside it: `keep_edit`. It stays dirty. Returns: how many bytes are lost.
  [[nodiscard]] task<result<std::uint64_t>> keep(std::string path);
  /// Drops what is dirty, and ends what was streamed.
  [[nodiscard]] task<void> discard();

 private:
  class state;
  std::unique_ptr<state> state_;
};

}  // namespace randomio::object
