#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <randomio/core/io/attributes.hpp>

namespace randomio::http {

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers generate. Nothing, for anything else.
/// Source:  RFC 9110 §5.6.7, IMF-fixdate.
[[nodiscard]] std::optional<timestamp> parse_http_date(std::string_view text) noexcept;

/// Writes that form; a fraction of a second is cut off. Years from 0 to 9999 only: others become the nearest of them.
[[nodiscard]] std::string http_date(timestamp when);

}  // namespace randomio::http
