#pragma once

#include <cstdint>
#include <string_view>

#include <randomio/backends/object/store.hpp>
#include <randomio/backends/s3/bucket.hpp>

namespace randomio::s3 {

/// A range, not empty, of an object, with its full key, as a part of an upload.
/// Source: Amazon S3 API Reference, UploadPartCopy.
[[nodiscard]] http::request upload_part_copy(const bucket& in, const object::upload& to, std::uint32_t number,
                                             const object::source& from, range bytes);

[[nodiscard]] result<object::part> copied_part(const http::reply& reply, const bucket& in, std::uint32_t number,
                                               range bytes, const asked& what);

}  // namespace randomio::s3
