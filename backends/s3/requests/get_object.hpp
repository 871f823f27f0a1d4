#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <randomio/backends/object/store.hpp>
#include <randomio/backends/s3/bucket.hpp>

namespace randomio::s3 {

/// Bytes of an object from `offset`, into `out`, which is not empty. Source: Amazon S3 API Reference, GetObject.
[[nodiscard]] http::request get_object(const bucket& in, std::string_view full_key, std::uint64_t offset,
                                       std::span<std::byte> out, const version& expected);

/// All of an object for which `out` has room. Not a range: with one, the service does not tell the checksum.
[[nodiscard]] http::request get_whole_object(const bucket& in, std::string_view full_key, std::span<std::byte> out,
                                             const version& expected);

/// Errors: corrupt, when the bytes are not those that were asked for, or, for a whole object, not those of its
///         checksum; range, when the object ends before the offset.
[[nodiscard]] result<object::got> got_object(const http::reply& reply, const bucket& in, std::string_view key,
                                             std::uint64_t offset, std::span<const std::byte> out);

}  // namespace randomio::s3
