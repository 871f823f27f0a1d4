#pragma once

#include <string_view>

#include <randomio/backends/s3/bucket.hpp>

namespace randomio::s3 {

/// Source: Amazon S3 API Reference, DeleteObject.
[[nodiscard]] http::request delete_object(const bucket& in, std::string_view full_key, const precondition& when);

}  // namespace randomio::s3
