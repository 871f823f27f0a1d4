#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <randomio/core/io/awaitable.hpp>
#include <randomio/core/io/buffer.hpp>
#include <randomio/core/io/error.hpp>

namespace randomio {

/// Which content a key holds: two equal versions mean the same bytes. Opaque; an ETag where there is one.
struct version {
  std::string tag;
  friend bool operator==(const version&, const version&) = default;
};

/// What must hold for a put or a delete to take place. Source: RFC 9110 §13.1.
class precondition {
 public:
  enum class kind : std::uint8_t { none, absent, matches };

  [[nodiscard]] static precondition none() { return {kind::none, {}}; }
  /// The key must not exist, else already_exists. Source: If-None-Match: *.
  [[nodiscard]] static precondition absent() { return {kind::absent, {}}; }
  /// The key must hold this version, else precondition_failed, also when it is gone. Source: If-Match.
  [[nodiscard]] static precondition matches(version v) { return {kind::matches, std::move(v)}; }

  [[nodiscard]] kind what() const noexcept { return kind_; }
  [[nodiscard]] const version& expected() const noexcept { return expected_; }

 private:
  precondition(kind what, version expected) : kind_(what), expected_(std::move(expected)) {}
  kind kind_;
  version expected_;
};

struct versioned_content {
  std::vector<std::byte> content;
  version current;
};

/// Whole values by key, replaced only under a condition: compare-and-swap for manifests and heads.
///
/// `get`    errors: not_found.
/// `put`    returns the new version; errors: already_exists, precondition_failed, no_space.
/// `remove` errors: not_found, precondition_failed.
/// Of concurrent puts under the same condition exactly one succeeds.
/// Borrows: key, content and condition until completion.
template <class S>
concept conditional_store =
    requires(S& store, std::string_view key, std::span<const std::byte> content, const precondition& when) {
      { store.get(key) } -> awaitable_of<result<versioned_content>>;
      { store.put(key, content, when) } -> awaitable_of<result<version>>;
      { store.remove_if(key, when) } -> awaitable_of<result<void>>;
    };

}  // namespace randomio
