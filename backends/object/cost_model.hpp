#pragma once

#include <cstdint>

namespace randomio::object {

/// What requests and bytes are worth against each other, so that plans can be compared. Only the proportions matter.
///
/// The defaults weigh time: a request costs a round trip, bytes cost what they cost to move. Copies inside the store
/// move fast, and several at once faster.
struct cost_model {
  double request = 1.0;
  double mebibyte_up = 0.5;
  double mebibyte_down = 0.5;
  double mebibyte_copied = 0.001;
  /// Copies that may run at once, when splitting them makes an edit faster; 1: never split for speed.
  std::uint32_t parallel_copies = 1;
  /// No smaller than this is a copy split for speed.
  std::uint64_t split_bytes_min = std::uint64_t{64} << 20;
  /// Where the parts of an object can be published again, each publication names them all: neighbours below this size
  /// are copied into one as soon as that saves so many names. What is below it as a whole has no parts.
  std::uint64_t small_part_bytes = std::uint64_t{64} << 10;
  std::uint32_t small_parts_max = 1000;

  /// The fewest requests and the fewest bytes over the wire.
  [[nodiscard]] static cost_model cheapest() { return {}; }
  /// More requests where they make an edit end earlier.
  [[nodiscard]] static cost_model fastest() {
    return {.request = 0.05, .mebibyte_copied = 0.01, .parallel_copies = 16};
  }
};

}  // namespace randomio::object
