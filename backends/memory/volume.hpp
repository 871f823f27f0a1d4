#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <new>
#include <type_traits>

#include <randomio/core/io/attributes.hpp>
#include <randomio/core/io/error.hpp>

namespace randomio::memory {

inline constexpr std::uint64_t unbounded = std::numeric_limits<std::uint64_t>::max();

/// The system's clock. Source: timespec_get(3), TIME_UTC.
[[nodiscard]] timestamp system_time() noexcept;

/// How to make a memory filesystem.
struct options {
  std::uint64_t size = unbounded;       ///< Bytes that file pages and extended attributes may take.
  std::uint64_t files_max = unbounded;  ///< Inodes. When unbounded under a bounded `size`: one per KiB of it.
  std::uint32_t root_mode = 0755;
  ownership root_owner = {};
  timestamp (*clock)() noexcept = &system_time;
};

/// What all files of one store share: the space they may take, the clock, the inode numbers.
///
/// Threads: safe.
class volume {
 public:
  explicit volume(const options& how) noexcept;

  /// Takes bytes for a page or an attribute. Returns: false, and takes nothing, when they are not there.
  [[nodiscard]] bool take_bytes(std::uint64_t bytes) noexcept { return take(bytes_, bytes, bytes_max_); }
  void give_bytes(std::uint64_t bytes) noexcept { bytes_.fetch_sub(bytes, std::memory_order_relaxed); }
  [[nodiscard]] bool take_file() noexcept { return take(files_, 1, files_max_); }
  void give_file() noexcept { files_.fetch_sub(1, std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t next_ino() noexcept { return ino_.fetch_add(1, std::memory_order_relaxed); }
  [[nodiscard]] timestamp now() const noexcept { return clock_(); }
  [[nodiscard]] space_usage usage() const noexcept;

 private:
  using counter = std::atomic<std::uint64_t>;
  static bool take(counter& from, std::uint64_t count, std::uint64_t bound) noexcept;

  const std::uint64_t bytes_max_;
  const std::uint64_t files_max_;
  timestamp (*const clock_)() noexcept;
  counter bytes_{0};
  counter files_{0};
  counter ino_{1};
};

/// Runs `f`, which may run out of memory, and turns that into a result.
template <class F>
std::invoke_result_t<F&> out_of_memory_is_error(operation op, F f) noexcept {
#ifdef __cpp_exceptions
  try {
    return f();
  } catch (const std::bad_alloc&) {
    return fail(errc::out_of_memory, op);
  }
#else
  return f();
#endif
}

}  // namespace randomio::memory
