#pragma once

#include <randomio/core/io/error.hpp>

namespace randomiofs::fuse {

/// The errno(3) that a program sees for a failure. The only place that decides it.
[[nodiscard]] int errno_of(randomio::errc code) noexcept;

}  // namespace randomiofs::fuse
