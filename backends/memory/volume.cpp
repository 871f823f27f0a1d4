#include <randomio/backends/memory/volume.hpp>

#include <algorithm>
#include <ctime>

namespace randomio::memory {

namespace {

constexpr std::uint64_t block_bytes = 4096;
constexpr std::uint64_t bytes_per_file = 1024;
constexpr std::uint64_t files_min = 1024;
// What an unbounded store says that it has: programs that add up free space must not overflow.
constexpr std::uint64_t unbounded_blocks = (std::uint64_t{1} << 40) / block_bytes;

std::uint64_t files_bound(const options& how) noexcept {
  if (how.files_max != unbounded || how.size == unbounded) return how.files_max;
  return std::max(files_min, how.size / bytes_per_file);
}

}  // namespace

timestamp system_time() noexcept {
  std::timespec now{};
  std::timespec_get(&now, TIME_UTC);
  return {static_cast<std::int64_t>(now.tv_sec), static_cast<std::uint32_t>(now.tv_nsec)};
}

volume::volume(const options& how) noexcept : bytes_max_(how.size), files_max_(files_bound(how)), clock_(how.clock) {}

bool volume::take(counter& from, std::uint64_t count, std::uint64_t bound) noexcept {
  auto used = from.load(std::memory_order_relaxed);
  do {
    if (count > bound - std::min(used, bound)) return false;
  } while (!from.compare_exchange_weak(used, used + count, std::memory_order_relaxed));
  return true;
}

space_usage volume::usage() const noexcept {
  space_usage all;
  const auto used = (bytes_.load(std::memory_order_relaxed) + block_bytes - 1) / block_bytes;
  const auto files = files_.load(std::memory_order_relaxed);
  all.block_size = block_bytes;
  all.blocks = bytes_max_ == unbounded ? std::max(unbounded_blocks, used) : bytes_max_ / block_bytes;
  all.blocks_free = all.blocks - std::min(used, all.blocks);
  all.blocks_available = all.blocks_free;
  all.files = files_max_ == unbounded ? std::max(unbounded_blocks, files) : files_max_;
  all.files_free = all.files - std::min(files, all.files);
  return all;
}

}  // namespace randomio::memory
