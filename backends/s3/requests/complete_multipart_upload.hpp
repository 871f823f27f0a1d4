#pragma once

#include <span>
#include <string>
#include <string_view>

#include <randomio/backends/object/store.hpp>
#include <randomio/backends/s3/bucket.hpp>

namespace randomio::s3 {

/// The body that names the parts, in order.
[[nodiscard]] std::string complete_body(const bucket& in, std::span<const object::part> parts);

/// Publishes an upload. Never repeated blindly: after it has succeeded there is no such upload any more.
///
/// Borrows: `body`, by the request. Source: Amazon S3 API Reference, CompleteMultipartUpload.
[[nodiscard]] http::request complete_multipart_upload(const bucket& in, std::string_view full_key,
                                                      std::string_view upload_id, std::span<const object::part> parts,
                                                      std::span<const std::span<const std::byte>> body,
                                                      const precondition& when);

/// Errors: corrupt, when the service has put together something else than was sent.
[[nodiscard]] result<object::published> completed_multipart_upload(const http::request& sent, const http::reply& reply,
                                                                   const bucket& in, const asked& what);

}  // namespace randomio::s3
