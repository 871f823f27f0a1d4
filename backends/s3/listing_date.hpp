#pragma once

#include <optional>
#include <string_view>

#include <randomio/core/io/attributes.hpp>

namespace randomio::s3 {

/// `2015-10-21T07:28:00.000Z`. Source: RFC 3339; listings use no other zone.
[[nodiscard]] std::optional<timestamp> listing_date(std::string_view text) noexcept;

}  // namespace randomio::s3
