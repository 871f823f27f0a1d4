#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <randomio/backends/object/store.hpp>

namespace randomio::s3 {

/// How the service and we check that bytes arrive as they were sent.
/// Source: Amazon S3 User Guide, "Checking object integrity".
enum class checksum_algorithm : std::uint8_t { none, crc64nvme, crc32c, sha256 };

/// Their names in settings.
inline constexpr std::array<std::pair<std::string_view, checksum_algorithm>, 4> checksum_algorithms{
    {{"crc64nvme", checksum_algorithm::crc64nvme},
     {"crc32c", checksum_algorithm::crc32c},
     {"sha256", checksum_algorithm::sha256},
     {"none", checksum_algorithm::none}}};

/// What the service calls one, as value of `x-amz-checksum-algorithm` and, after `Checksum`, as XML element.
[[nodiscard]] std::string_view service_name(checksum_algorithm which) noexcept;
/// The field that carries one; empty for none.
[[nodiscard]] std::string_view field_name(checksum_algorithm which) noexcept;

/// As the service writes it: big-endian bytes in base64. Empty for none.
[[nodiscard]] std::string checksum_of(checksum_algorithm which, object::pieces content);

/// The CRC64NVME of all parts together, from theirs; nothing when one has none.
[[nodiscard]] std::optional<std::string> joined_crc64nvme(std::span<const object::part> parts);

/// `Content-MD5`, for the one request that still wants it; empty where the system refuses MD5. Source: RFC 1864.
[[nodiscard]] std::string md5_base64(std::string_view text);

}  // namespace randomio::s3
