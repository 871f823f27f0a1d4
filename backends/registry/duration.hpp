#pragma once

#include <chrono>
#include <string_view>

#include <randomio/core/io/error.hpp>

namespace randomio {

/// A duration as people write it: "1s", "500ms", "1.5s", "2min", "1h". Units: ns, us, ms, s, min, h, d.
///
/// Errors:  invalid, also for what 64 bits of nanoseconds cannot hold; the message says what was expected.
[[nodiscard]] result<std::chrono::nanoseconds> parse_duration(std::string_view text);

}  // namespace randomio
