#include <randomio/backends/s3/crc64nvme.hpp>

#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace randomio::s3 {
namespace {

// Polynomials over GF(2) of degree below 64, the coefficient of x^0 in the highest bit.
constexpr std::uint64_t polynomial = 0x9A6C9329AC4BC9B5;
constexpr std::uint64_t one = std::uint64_t{1} << 63;

constexpr std::uint64_t times_x(std::uint64_t p) noexcept {
  return (p >> 1) ^ ((p & 1) != 0 ? polynomial : 0);
}

constexpr std::uint64_t product(std::uint64_t a, std::uint64_t b) noexcept {
  std::uint64_t sum = 0;
  for (auto bit = one; bit != 0; bit >>= 1) {
    if ((a & bit) != 0) sum ^= b;
    b = times_x(b);
  }
  return sum;
}

constexpr std::uint64_t power_of_x(unsigned exponent) noexcept {
  auto p = one;
  while (exponent-- > 0) p = times_x(p);
  return p;
}

using table = std::array<std::array<std::uint64_t, 256>, 8>;

/// Eight bytes at a time: table `n` is for a byte with `n` bytes after it.
constexpr table make_table() noexcept {
  table made{};
  for (unsigned value = 0; value < 256; ++value) {
    std::uint64_t crc = value;
    for (int bit = 0; bit < 8; ++bit) crc = times_x(crc);
    made[0][value] = crc;
  }
  for (unsigned value = 0; value < 256; ++value) {
    for (std::size_t n = 1; n < 8; ++n) made[n][value] = (made[n - 1][value] >> 8) ^ made[0][made[n - 1][value] & 0xFF];
  }
  return made;
}
constexpr table bytes_ahead = make_table();

std::uint64_t little_endian(const std::byte* at) noexcept {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// The remainder, neither inverted before nor after.
std::uint64_t by_table(std::uint64_t crc, const std::byte* at, std::size_t count) noexcept {
  for (; count >= 8; at += 8, count -= 8) {
    crc ^= little_endian(at);
    std::uint64_t next = 0;
    for (std::size_t n = 0; n < 8; ++n) next ^= bytes_ahead[7 - n][(crc >> (8 * n)) & 0xFF];
    crc = next;
  }
  for (; count > 0; ++at, --count) crc = (crc >> 8) ^ bytes_ahead[0][(crc ^ std::to_integer<unsigned>(*at)) & 0xFF];
  return crc;
}

#if defined(__x86_64__)

// Folding: 128 bits of the text are replaced by what they amount to `bits` further on. A carry-less product of
// reflected halves comes out multiplied by x, hence the 1 less. Source: Gopal et al., "Fast CRC Computation for
// Generic Polynomials Using PCLMULQDQ Instruction", Intel, 2009.
template <unsigned bits>
[[gnu::target("pclmul,sse4.1")]] inline __m128i folded(__m128i block, __m128i next) noexcept {
  constexpr auto high = power_of_x(bits + 64 - 1), low = power_of_x(bits - 1);
  const auto by = _mm_set_epi64x(static_cast<long long>(low), static_cast<long long>(high));
  return _mm_xor_si128(next,
                       _mm_xor_si128(_mm_clmulepi64_si128(block, by, 0x00), _mm_clmulepi64_si128(block, by, 0x11)));
}

[[gnu::target("pclmul,sse4.1")]] std::uint64_t by_folding(std::uint64_t crc, const std::byte* at,
                                                          std::size_t count) noexcept {
  const auto load = [](const std::byte* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); };
  auto a = _mm_xor_si128(load(at), _mm_cvtsi64_si128(static_cast<long long>(crc)));
  auto b = load(at + 16), c = load(at + 32), d = load(at + 48);
  for (at += 64, count -= 64; count >= 64; at += 64, count -= 64) {
    a = folded<512>(a, load(at));
    b = folded<512>(b, load(at + 16));
    c = folded<512>(c, load(at + 32));
    d = folded<512>(d, load(at + 48));
  }
  const auto last = folded<128>(folded<128>(folded<128>(a, b), c), d);
  std::array<std::byte, 16> rest;
  std::memcpy(rest.data(), &last, rest.size());
  return by_table(by_table(0, rest.data(), rest.size()), at, count);
}

#endif

}  // namespace

std::uint64_t crc64nvme(std::span<const std::byte> bytes, std::uint64_t before) noexcept {
#if defined(__x86_64__)
  static const bool can_fold = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
  if (can_fold && bytes.size() >= 128) return ~by_folding(~before, bytes.data(), bytes.size());
#endif
  return ~by_table(~before, bytes.data(), bytes.size());
}

std::uint64_t crc64nvme_joined(std::uint64_t first, std::uint64_t second, std::uint64_t second_len) noexcept {
  // Moved on by as many zero bytes: times x^(8 · len), by squaring.
  auto power = power_of_x(8);
  for (; second_len != 0; second_len >>= 1) {
    if ((second_len & 1) != 0) first = product(first, power);
    power = product(power, power);
  }
  return first ^ second;
}

}  // namespace randomio::s3
