#pragma once

#include <optional>
#include <string_view>

#include <randomio/core/io/attributes.hpp>

namespace randomio::s3 {

/// A time as services write expirations: `2030-01-31T12:00:00Z`, with a fraction or an offset like `+02:00` if they
/// like; a legacy `UTC` for `Z`, as in SSO caches. Source: RFC 3339 §5.6.
[[nodiscard]] std::optional<timestamp> parse_expiration(std::string_view text) noexcept;

}  // namespace randomio::s3
