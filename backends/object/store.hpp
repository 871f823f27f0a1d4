#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/backends/object/limits.hpp>
#include <randomio/backends/object/properties.hpp>
#include <randomio/core/io/conditional.hpp>
#include <randomio/core/io/range.hpp>
#include <randomio/core/io/stop.hpp>
#include <randomio/core/runtime/task.hpp>

namespace randomio::object {

/// Bytes in several pieces, in order. Borrowed.
using pieces = std::span<const std::span<const std::byte>>;

/// One object in a listing, or one common prefix, which ends in the delimiter.
struct listed {
  std::string key;
  bool is_prefix = false;
  std::uint64_t size = 0;
  version current = {};
  timestamp modified = {};
  std::optional<properties::texts> metadata = {};  ///< Where listings carry it, as in `description::held`.
};

struct list_request {
  std::string prefix;
  bool delimited = false;         ///< Keys with a `/` after the prefix appear as one common prefix.
  std::string start_after = {};   ///< Only keys after this one, in the service's order (UTF-8 bytes).
  std::string continuation = {};  ///< `list_page::continuation` of the page before.
  std::uint32_t keys_max = 1000;
};

struct list_page {
  std::vector<listed> found;
  std::string continuation;  ///< Empty on the last page.
};

/// A multipart upload in flight: its parts can be seen by nobody until it is completed.
struct upload {
  std::string key;
  std::string id;
  timestamp started = {};  ///< Only from `uploads`.
};

/// One part of an upload, as its completion names it.
struct part {
  /// From 1; gaps are allowed. Source: CompleteMultipartUpload. 0: a part of the object as it is, which the
  /// completion of an upload to the same key can name again (`store::published_parts`).
  std::uint32_t number = 0;
  std::uint64_t size = 0;
  std::string tag = {};       ///< Its ETag.
  std::string checksum = {};  ///< As the service returned it, if it did.
};

/// A range of an object that must still have this version.
struct source {
  std::string key;
  version expected = {};
  std::string version_id = {};
  std::uint64_t size = 0;  ///< Of the object, where it is known: how long the service may take.
};

struct got {
  std::size_t count = 0;
  description object;
};

/// Objects in one bucket or container, below an optional prefix that keys here do not show: the seam between
/// what all object stores share and what each service does. One request each; requests are retried below, so a
/// failure that arrives here is final.
///
/// Errors of all: unauthenticated, permission_denied, throttled, unreachable, timed_out, cancelled, corrupt; each
///          with key, HTTP status as vendor code, request id and the service's message.
/// Errors of conditional publications: already_exists, precondition_failed; busy, when a concurrent publication
///          makes the outcome of this one moot (409) and it may be tried again; outcome_unknown, when no reply
///          came: it may have been carried out.
/// Borrows: arguments until completion.
/// Threads: on the thread of a loop; concurrent calls are safe.
class store {
 public:
  virtual ~store() = default;

  [[nodiscard]] virtual const limits& allows() const noexcept = 0;
  /// Which conditions hold, found out once when the service is not known. May write and remove a probe object.
  [[nodiscard]] virtual task<result<conditions>> honours() = 0;

  /// Errors: not_found.
  [[nodiscard]] virtual task<result<description>> head(std::string_view key, stop_token stop = {}) = 0;
  /// Reads from `offset` into the front of `out`; short only at the object's end, and 0 beyond it.
  ///
  /// Errors: not_found; precondition_failed, when `expected` has a tag and the object has another.
  [[nodiscard]] virtual task<result<got>> get(std::string_view key, std::uint64_t offset, std::span<std::byte> out,
                                              const version& expected = {}, stop_token stop = {}) = 0;
  /// Reads a whole object for which `out` has room. Where the service tells a checksum of whole objects only, this is
  /// what verifies it.
  ///
  /// Errors: as `get`; corrupt, for bytes that do not have the object's checksum; too_large, from some stores, when
  /// `out`
  ///         has no room for all of it.
  [[nodiscard]] virtual task<result<got>> get_whole(std::string_view key, std::span<std::byte> out,
                                                    const version& expected, stop_token stop = {}) {
    return get(key, 0, out, expected, stop);
  }
  [[nodiscard]] virtual task<result<properties::texts>> tags(std::string_view key) = 0;
  [[nodiscard]] virtual task<result<list_page>> list(const list_request& which, stop_token stop = {}) = 0;

  /// Publishes a whole object.
  [[nodiscard]] virtual task<result<published>> put(std::string_view key, pieces content, const properties& with,
                                                    const precondition& when) = 0;
  /// Publishes a copy, made inside the store, of a whole object up to `limits::copy_bytes_max`.
  /// Without `with`, properties are copied too. Errors: precondition_failed, also when the source has changed.
  [[nodiscard]] virtual task<result<published>> copy(const source& from, std::string_view to, const properties* with,
                                                     const precondition& when) = 0;
  /// Errors: precondition_failed. A missing object is no error where the service does not tell.
  [[nodiscard]] virtual task<result<void>> remove(std::string_view key, const precondition& when) = 0;
  /// Removes many objects, unconditionally. Returns: the keys that are still there, with why.
  [[nodiscard]] virtual task<result<std::vector<error>>> remove_all(std::span<const std::string> keys) = 0;

  [[nodiscard]] virtual task<result<upload>> begin_upload(std::string_view key, const properties& with) = 0;
  /// Uploads, or uploads anew, one part.
  [[nodiscard]] virtual task<result<part>> upload_part(const upload& to, std::uint32_t number, pieces content) = 0;
  /// Copies a range of an object into a part, inside the store. Errors: precondition_failed; not_found.
  [[nodiscard]] virtual task<result<part>> copy_part(const upload& to, std::uint32_t number, const source& from,
                                                     range bytes) = 0;
  /// Publishes the parts, in order. The upload is gone afterwards, unless the condition failed.
  /// Errors: not_found, when there is no such upload (any more).
  [[nodiscard]] virtual task<result<published>> complete(const upload& what, std::span<const part> parts,
                                                         const precondition& when) = 0;
  /// Ends an upload and frees its parts. One that is gone is no error.
  [[nodiscard]] virtual task<result<void>> abort(const upload& what) = 0;
  /// Uploads in flight of keys that start with `prefix`, whoever started them.
  [[nodiscard]] virtual task<result<std::vector<upload>>> uploads(std::string_view prefix) = 0;

  /// The parts that an object is made of, in order, where they outlive its publication: they can be published again
  /// among those of an upload without being copied. Empty when it was put whole.
  ///
  /// Errors: unsupported, where no such thing exists; not_found; precondition_failed, when the object has another
  ///         version than `expected`.
  [[nodiscard]] virtual task<result<std::vector<part>>> published_parts(std::string_view key, const version& expected) {
    static_cast<void>(key), static_cast<void>(expected);
    co_return fail(errc::unsupported);
  }

  /// What `description::checksum` is of an object that consists of these parts; nothing where that cannot be told.
  [[nodiscard]] virtual std::optional<std::string> checksum_of(std::span<const part> parts) const {
    static_cast<void>(parts);
    return std::nullopt;
  }

  /// Adds bytes at the end of an object of which only the end can be changed (`editable::end`). All is published in one
  /// step; properties stay.
  ///
  /// Errors: unsupported, where no such thing exists; precondition_failed, when the object has another version than
  ///         `expected`, or does not end at `position`; outcome_unknown.
  [[nodiscard]] virtual task<result<published>> append(std::string_view key, std::uint64_t position, pieces content,
                                                       const version& expected) {
    static_cast<void>(key), static_cast<void>(position), static_cast<void>(content), static_cast<void>(expected);
    co_return fail(errc::unsupported);
  }
};

}  // namespace randomio::object
