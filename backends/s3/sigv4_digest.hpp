#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace randomio::s3 {

/// Source: FIPS 180-4.
using sha256_digest = std::array<unsigned char, 32>;

[[nodiscard]] sha256_digest sha256(std::string_view text) noexcept;
/// Of pieces, as if they were one.
[[nodiscard]] sha256_digest sha256(std::span<const std::span<const std::byte>> pieces) noexcept;
/// Source: RFC 2104.
[[nodiscard]] sha256_digest hmac_sha256(std::string_view key, std::string_view text) noexcept;

/// In lower case.
[[nodiscard]] std::string hex(const sha256_digest& digest);
[[nodiscard]] std::string_view as_text(const sha256_digest& digest) noexcept;

}  // namespace randomio::s3
