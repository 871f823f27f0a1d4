#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <randomio/backends/object/store.hpp>

namespace randomio::azure {

/// The bytes of the code, not text. Source: RFC 2104.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);

/// As Content-MD5 has it: in base64. Source: RFC 1864.
[[nodiscard]] std::string content_md5(object::pieces content);

/// Unpredictable bytes. Source: RAND_bytes(3).
[[nodiscard]] std::string random_bytes(std::size_t count);

}  // namespace randomio::azure
