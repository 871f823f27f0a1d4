#pragma once

#include <string>
#include <string_view>

#include <randomio/backends/s3/sigv4.hpp>

namespace randomio::s3 {

inline constexpr std::string_view signing_algorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

/// When and where a signature is valid.
struct signer::scope {
  std::string time;  ///< `20130524T000000Z`
  std::string text;  ///< `20130524/us-east-1/s3/aws4_request`

  [[nodiscard]] std::string_view date() const noexcept { return std::string_view(time).substr(0, 8); }
};

}  // namespace randomio::s3
