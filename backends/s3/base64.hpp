#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace randomio::s3 {

/// Source of both: RFC 4648 §4.
[[nodiscard]] std::string base64_encoded(std::span<const std::byte> bytes);
/// Nothing for what is not base64, with its padding.
[[nodiscard]] std::optional<std::string> base64_decoded(std::string_view text);

}  // namespace randomio::s3
