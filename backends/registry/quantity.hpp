#pragma once

#include <cstdint>
#include <string_view>

#include <randomio/core/io/error.hpp>

namespace randomio {

/// A size as people write it: "4096", "64KiB", "1.5GiB", "2GB". `KB` is 1000, `KiB` 1024; a letter alone is
/// binary, as in tmpfs(5)'s `size=1G`. Case does not matter.
///
/// Units:   bytes.
/// Errors:  invalid, also for what 64 bits cannot hold; the message says what was expected.
[[nodiscard]] result<std::uint64_t> parse_bytes(std::string_view text);

}  // namespace randomio
