#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/backends/registry/settings.hpp>
#include <randomio/core/io/dyn_filesystem.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>
#include <randomio/core/runtime/loop.hpp>

namespace randomio {

namespace object {
class memory_budget;
class spill_space;
enum class conflict_policy : std::uint8_t;
namespace metadata {
enum class dialect : std::uint8_t;
}
}  // namespace object

/// What a backend may use of the program that it runs in. Borrowed for the backend's life.
struct environment {
  blocking_pool& pool;
  loop::kind loops = loop::kind::uring;  ///< Which kind of loop will await the backend's operations.

  // For object stores.
  std::shared_ptr<object::memory_budget> memory = {};           ///< One for all backends; empty: each has its own.
  std::shared_ptr<object::spill_space> spill = {};              ///< Likewise; empty: nothing is spilled.
  std::string state_dir = {};                                   ///< Journals and spilled bytes; empty: none are kept.
  std::optional<object::metadata::dialect> metadata = {};       ///< Empty: the usual one.
  std::optional<object::conflict_policy> on_conflict = {};      ///< Likewise.
  std::chrono::nanoseconds attr_ttl = std::chrono::seconds(1);  ///< How long what was seen of an object counts.
  std::function<void(std::string_view)> notice = {};            ///< Told of what nobody must miss. Threads: any.
  stop_token stop = {};  ///< Ends all requests to services for good, also those in flight. Outlives the backend.

  /// Makes the memory and the spill that all backends share. Nothing, in a build without object stores.
  void share(std::uint64_t memory_bytes, std::uint64_t spill_bytes);
};

/// How a type of backend joins in.
struct backend_type {
  std::string type;    ///< As in `type = "…"`.
  std::string scheme;  ///< Of its URIs, without the colon.
  /// Fills settings from a URI of the scheme. Errors: invalid.
  std::function<result<settings>(std::string_view uri)> parse_uri;
  /// Makes the backend. May block. Errors: invalid for a bad setting; the backend's own.
  std::function<result<dyn_fs>(settings, const environment&)> make;
};

/// URIs and settings to backends. Code outside this tree adds its own types to the same registry.
///
/// Threads: `add` before the first use; the rest is const and safe.
class registry {
 public:
  /// The backends that this build was configured with.
  [[nodiscard]] static registry with_built_in();

  /// Errors: already_exists, when the type or its scheme is taken.
  result<void> add(backend_type type);
  /// Errors: invalid, for an unknown scheme (the message lists the known ones) or a malformed URI.
  [[nodiscard]] result<settings> parse(std::string_view uri) const;
  [[nodiscard]] result<dyn_fs> make(settings from, const environment& in) const;
  [[nodiscard]] std::vector<std::string> schemes() const;
  [[nodiscard]] std::vector<std::string> types() const;
  /// True when the text starts with a scheme and a colon: `memory:`, `file:///dir`, `what://ever`.
  [[nodiscard]] static bool looks_like_uri(std::string_view text) noexcept;

 private:
  std::map<std::string, backend_type, std::less<>> types_;
};

}  // namespace randomio
