#pragma once

#include <cstdint>

#include <randomio/core/io/error.hpp>

namespace randomio::local {

/// What a block device is made of. Units: bytes.
struct device_geometry {
  std::uint64_t size = 0;
  std::uint32_t sector = 512;  ///< The smallest unit that can be read or written: its logical block.

  /// Errors: invalid, for what is no block device. Source: BLKGETSIZE64, BLKSSZGET.
  static result<device_geometry> of(int fd) noexcept;

  [[nodiscard]] bool is_aligned(std::uint64_t offset, std::uint64_t len) const noexcept {
    return ((offset | len) & (sector - 1)) == 0;
  }
};

}  // namespace randomio::local
