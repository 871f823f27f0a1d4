#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace randomio::object {

/// Source of all: RFC 4648 §4.
[[nodiscard]] std::string base64_encoded(std::span<const std::byte> bytes);
[[nodiscard]] std::string base64_encoded(std::string_view bytes);
/// Nothing for what is not base64 with its padding, or not what encoding its bytes gives.
[[nodiscard]] std::optional<std::string> base64_decoded(std::string_view text);

}  // namespace randomio::object
