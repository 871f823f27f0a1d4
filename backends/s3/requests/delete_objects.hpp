#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <randomio/backends/s3/bucket.hpp>

namespace randomio::s3 {

inline constexpr std::size_t delete_keys_max = 1000;  ///< Source: Amazon S3 API Reference, DeleteObjects.

/// The body that names up to `delete_keys_max` keys, each of which XML can hold.
[[nodiscard]] std::string delete_objects_body(std::span<const std::string> full_keys);
/// Borrows: `body`, by the request. Source: Amazon S3 API Reference, DeleteObjects.
[[nodiscard]] http::request delete_objects(const bucket& in, std::span<const std::span<const std::byte>> body);

/// Returns: an error for each key that is still there.
[[nodiscard]] result<std::vector<error>> deleted_objects(const http::reply& reply, const bucket& in);

}  // namespace randomio::s3
