#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace bench {

/// Bytes to read, in a file of the page cache and the same in memory.
inline constexpr std::size_t data_bytes = std::size_t{8} << 20;

/// One way to read blocks of a size, many times.
struct read_case {
  std::string_view name;      ///< What it is called on the command line and in tables.
  std::string_view baseline;  ///< The case that it is compared with; its own name when it is one.
  void (*run)(const char* file, std::span<std::byte> buffer, std::size_t count);
};

/// The offset of the i-th read: all over the data, the same for every case. Not inline: what is between the reads must
/// be the same code too, and compilers move parts of it out of some loops.
std::uint64_t offset_of(std::size_t i, std::size_t block) noexcept;

/// Ends the program when a read did not return a whole block.
void require_whole(bool whole) noexcept;

std::span<const read_case> file_cases();
std::span<const read_case> uring_cases();
std::span<const read_case> memory_cases();

}  // namespace bench
