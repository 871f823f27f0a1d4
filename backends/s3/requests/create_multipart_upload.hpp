#pragma once

#include <string>
#include <string_view>

#include <randomio/backends/object/store.hpp>
#include <randomio/backends/s3/bucket.hpp>

namespace randomio::s3 {

/// Errors: invalid, no_space, for properties that cannot be sent.
/// Source: Amazon S3 API Reference, CreateMultipartUpload.
[[nodiscard]] result<http::request> create_multipart_upload(const bucket& in, std::string_view full_key,
                                                            const object::properties& with);

/// Returns: the upload's id.
[[nodiscard]] result<std::string> created_multipart_upload(const http::reply& reply, const asked& what);

}  // namespace randomio::s3
