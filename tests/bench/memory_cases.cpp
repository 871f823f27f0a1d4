#include <cstring>
#include <memory>
#include <vector>

#include <randomio/core/io/dyn_random_io.hpp>
#include <randomio/memory.hpp>

#include "awaited_reads.hpp"

namespace bench {

namespace {

/// What a program without the layer does: copies out of memory of its own.
void bare(const char*, std::span<std::byte> buffer, std::size_t count) {
  static std::vector<std::byte> data(data_bytes, std::byte{1});
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t offset = offset_of(i, buffer.size());
    const std::size_t size = offset < data.size() ? std::min(buffer.size(), data.size() - offset) : 0;
    std::memcpy(buffer.data(), data.data() + offset, size);
    require_whole(size == buffer.size());
  }
}

/// Filled once, for all cases.
randomio::memory::device& device() {
  static const auto made = [] {
    auto filled = std::make_unique<randomio::memory::device>();
    const std::vector<std::byte> data(data_bytes, std::byte{1});
    require_whole(filled->write_at(0, data).await_resume().has_value());
    return filled;
  }();
  return *made;
}

void as_static(const char*, std::span<std::byte> buffer, std::size_t count) {
  await_reads(device(), buffer, count);
}

void as_reference(const char*, std::span<std::byte> buffer, std::size_t count) {
  randomio::dyn_read erased(device());
  await_reads(erased, buffer, count);
}

}  // namespace

std::span<const read_case> memory_cases() {
  static constexpr read_case cases[] = {
      {"memory.memcpy", "memory.memcpy", bare},
      {"memory.static", "memory.static", as_static},
      {"memory.dyn_read", "memory.static", as_reference},
  };
  return cases;
}

}  // namespace bench
