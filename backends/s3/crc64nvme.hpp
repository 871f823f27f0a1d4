#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace randomio::s3 {

/// CRC-64/NVME of bytes, going on from the checksum of those before them; 0 for none.
///
/// Source: NVM Command Set Specification 1.0, §5.2.1.3.4; polynomial AD93D23594C93659, reflected, in and out inverted.
[[nodiscard]] std::uint64_t crc64nvme(std::span<const std::byte> bytes, std::uint64_t before = 0) noexcept;

/// The checksum of two texts, one after the other, from the checksums of each and the length of the second: a CRC is
/// linear, so a service and we can put a whole object's together from its parts'.
///
/// Units: bytes.
[[nodiscard]] std::uint64_t crc64nvme_joined(std::uint64_t first, std::uint64_t second,
                                             std::uint64_t second_len) noexcept;

}  // namespace randomio::s3
