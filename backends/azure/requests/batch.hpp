#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/backends/azure/credentials/credentials.hpp>
#include <randomio/backends/azure/service.hpp>

namespace randomio::azure {

inline constexpr std::size_t batch_blobs_max = 256;  ///< Source: Azure Storage REST API, "Blob Batch".

/// Deletes up to `batch_blobs_max` blobs in one request; each is authorised by itself.
///
/// Returns: what went wrong with each, in order; nothing for one that is gone.
/// Errors:  unsupported, where the service has no batches.
[[nodiscard]] task<result<std::vector<std::optional<error>>>> delete_blobs(const service& at,
                                                                           std::span<const target> blobs,
                                                                           const credentials& with, timestamp now);

/// The replies in a body of multipart/mixed, by their Content-ID, which is a number below `count`.
/// Errors: corrupt, also when one is missing.
/// Source: RFC 2046 §5.1, RFC 9112 §4.
[[nodiscard]] result<std::vector<http::reply>> parse_batch(std::string_view content_type, std::string_view body,
                                                           std::size_t count);

}  // namespace randomio::azure
