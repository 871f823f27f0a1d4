#pragma once

#include <cstdint>

#include <randomio/backends/http/client.hpp>

namespace randomio::s3 {

/// Why a service did not accept a signature, as far as signing differently may help.
enum class signature_refusal : std::uint8_t {
  none,
  credentials,  ///< They have expired, or are not known (any more).
  clock,        ///< The time of the request is too far from the service's.
};

/// Source: Amazon S3 API Reference, "Error responses"; AWS STS API Reference, "Common Errors".
[[nodiscard]] signature_refusal refusal_in(const http::reply& from);

}  // namespace randomio::s3
