#pragma once

#include <cstdint>
#include <string_view>

#include <randomio/backends/object/store.hpp>
#include <randomio/backends/s3/bucket.hpp>

namespace randomio::s3 {

/// The query that names a part of an upload.
[[nodiscard]] http::query part_query(std::string_view upload_id, std::uint32_t number);

/// Borrows: `content`, by the request. Source: Amazon S3 API Reference, UploadPart.
[[nodiscard]] http::request upload_part(const bucket& in, std::string_view full_key, std::string_view upload_id,
                                        std::uint32_t number, object::pieces content);

/// The part's own checksum is the one that was sent.
[[nodiscard]] result<object::part> uploaded_part(const http::request& sent, const http::reply& reply, const bucket& in,
                                                 std::uint32_t number, const asked& what);

}  // namespace randomio::s3
