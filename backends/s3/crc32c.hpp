#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace randomio::s3 {

/// CRC-32C of bytes, going on from the checksum of those before them; 0 for none.
///
/// Source: RFC 3720 §12.1, Castagnoli's polynomial 1EDC6F41.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before = 0) noexcept;

}  // namespace randomio::s3
