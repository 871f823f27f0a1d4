#pragma once

#include <cstdint>

#include <randomio/backends/memory/chunk_store.hpp>
#include <randomio/backends/memory/locks.hpp>
#include <randomio/core/io/random_io.hpp>

namespace randomio::memory {

/// Random-access bytes in memory, without a name: sparse, growing as it is written.
///
/// Errors:  too_large past 2^63 - 1; no_space past the bound given; out_of_memory.
/// Threads: concurrent calls are safe; each read sees each write whole or not at all.
class device {
 public:
  explicit device(std::uint64_t size_max = unbounded) noexcept : volume_({.size = size_max}), bytes_(volume_) {}

  [[nodiscard]] ready_op<result<std::size_t>> read_at(std::uint64_t offset, mutable_buffer out) noexcept;
  [[nodiscard]] ready_op<result<void>> write_at(std::uint64_t offset, const_buffer data) noexcept;
  [[nodiscard]] static ready_op<result<void>> flush() noexcept { return result<void>(); }
  [[nodiscard]] static ready_op<result<void>> sync() noexcept { return result<void>(); }

  [[nodiscard]] std::uint64_t size() noexcept {
    const shared_guard held(mutex_);
    return bytes_.size();
  }
  /// Bytes that it takes: whole pages of 4 KiB.
  [[nodiscard]] std::uint64_t allocated() noexcept {
    const shared_guard held(mutex_);
    return bytes_.allocated();
  }

 private:
  volume volume_;
  chunk_store bytes_;
  shared_mutex mutex_;
};

static_assert(async_random_read<device> && async_random_write<device>);

}  // namespace randomio::memory
