#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <randomio/core/io/error.hpp>

namespace randomio {

/// What one backend is made from: its type and key-value settings, from a URI, `-o` options or a TOML table.
/// A factory takes each key that it knows; `finish` then names what is left over.
///
/// Errors:  invalid, with the offending key as `error::key()` and what was expected as `error::message()`.
struct settings {
  std::string type;                           ///< "memory", "local", …
  std::map<std::string, std::string> values;  ///< Not yet taken.

  [[nodiscard]] std::optional<std::string> take(std::string_view key);
  [[nodiscard]] result<std::string> take_required(std::string_view key);
  /// Sizes as people write them: "4096", "64KiB", "1.5GiB", "2GB". Units: bytes.
  [[nodiscard]] result<std::uint64_t> take_bytes(std::string_view key, std::uint64_t otherwise);
  /// Durations as people write them: "500ms", "1s", "2min".
  [[nodiscard]] result<std::chrono::nanoseconds> take_time(std::string_view key, std::chrono::nanoseconds otherwise);
  [[nodiscard]] result<bool> take_bool(std::string_view key, bool otherwise);
  /// Errors: invalid, for the first key nobody took, naming the keys that the backend knows.
  [[nodiscard]] result<void> finish(std::string_view known_keys) const;
};

}  // namespace randomio
