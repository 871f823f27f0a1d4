#pragma once

#include <string_view>

#include <randomio/backends/s3/bucket.hpp>

namespace randomio::s3 {

/// Source: Amazon S3 API Reference, AbortMultipartUpload.
[[nodiscard]] http::request abort_multipart_upload(const bucket& in, std::string_view full_key,
                                                   std::string_view upload_id);

}  // namespace randomio::s3
