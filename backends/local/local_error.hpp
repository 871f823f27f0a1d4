#pragma once

#include <randomio/core/io/error.hpp>

namespace randomio::local {

/// The shared code for an errno; `io_failure` for one that has no name here. The errno stays in `vendor_code`.
[[nodiscard, gnu::cold]] unexpected fail_with(int number, operation op) noexcept;

/// `fail_with(errno, op)`, for the return statement after a failed call.
[[nodiscard, gnu::cold]] unexpected fail_errno(operation op) noexcept;

}  // namespace randomio::local
