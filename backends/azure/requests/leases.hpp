#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <randomio/backends/azure/service.hpp>

/// The right to write a blob alone, for a time. Source: Azure Storage REST API, "Lease Blob".
namespace randomio::azure {

/// From 15 to 60 seconds; absent: until it is released or broken.
using lease_time = std::optional<std::chrono::seconds>;

/// Returns: the lease's id. Errors: busy, when somebody has it; not_found.
[[nodiscard]] task<result<std::string>> acquire_lease(const service& at, const target& blob, lease_time length);
/// Errors of all: busy, when it is not (any more) this one.
[[nodiscard]] task<result<void>> renew_lease(const service& at, const target& blob, std::string_view id);
[[nodiscard]] task<result<void>> release_lease(const service& at, const target& blob, std::string_view id);
/// Returns: the new id, `to`, which is a GUID.
[[nodiscard]] task<result<std::string>> change_lease(const service& at, const target& blob, std::string_view id,
                                                     std::string_view to);
/// Ends a lease of whoever has it. Returns: how long it still holds.
[[nodiscard]] task<result<std::chrono::seconds>> break_lease(const service& at, const target& blob,
                                                             std::chrono::seconds holds_still);

}  // namespace randomio::azure
