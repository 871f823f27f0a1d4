#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <vector>

namespace fuzz {

/// Ends the run: libFuzzer then keeps the input.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: does not hold: %s\n", what);
  std::abort();
}

/// The fuzzer's bytes as choices. When they are used up, all choices are 0.
class input {
 public:
  input(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}

  [[nodiscard]] bool empty() const { return left_ == 0; }
  std::uint8_t byte() {
    if (left_ == 0) return 0;
    --left_;
    return *data_++;
  }
  unsigned below(unsigned bound) { return (byte() << 8U | byte()) % bound; }

  /// An offset near something where code goes wrong: 0, page, chunk, part and integer limits, each ± a little.
  std::uint64_t offset() {
    static constexpr std::uint64_t edges[] = {0,
                                              1,
                                              4096,
                                              65'536,
                                              131'072,
                                              5ULL << 20,
                                              1ULL << 31,
                                              1ULL << 32,
                                              5ULL << 30,
                                              (1ULL << 63) - 1,
                                              1ULL << 63,
                                              ~0ULL,
                                              (1ULL << 63) - 5000,
                                              ~0ULL - 5000,
                                              1000};
    const auto edge = edges[byte() % std::size(edges)];
    return edge + static_cast<std::uint64_t>(static_cast<std::int8_t>(byte()));
  }
  /// An offset in a small device.
  std::uint64_t near_offset() { return below(40'000) * 5ULL; }

  std::size_t len() {
    static constexpr std::size_t edges[] = {0,    1,    2,    7,    50,     100,    999,    1000,   2000,
                                            4095, 4096, 4097, 8192, 12'288, 65'535, 65'536, 65'537, 70'000};
    return edges[byte() % std::size(edges)];
  }
  /// Bytes that tell who wrote them: a running pattern from a seed, never 0.
  std::vector<std::byte> pattern(std::size_t len) {
    unsigned state = byte() * 2'654'435'761U + 1;
    std::vector<std::byte> bytes(len);
    for (auto& b : bytes) {
      state = state * 1'664'525U + 1'013'904'223U;
      b = static_cast<std::byte>(state >> 24U | 1U);
    }
    return bytes;
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

}  // namespace fuzz
