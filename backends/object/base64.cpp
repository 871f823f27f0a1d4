#include <randomio/backends/object/base64.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace randomio::object {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr unsigned char no_digit = 0xFF;

constexpr auto values = [] {
  std::array<unsigned char, 256> out;
  out.fill(no_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    out[static_cast<unsigned char>(alphabet[i])] = static_cast<unsigned char>(i);
  }
  return out;
}();

}  // namespace

std::string base64_encoded(std::span<const std::byte> bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (; !bytes.empty(); bytes = bytes.subspan(std::min<std::size_t>(3, bytes.size()))) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 3; ++i)
      word = word << 8 | (i < bytes.size() ? std::to_integer<std::uint32_t>(bytes[i]) : 0);
    for (std::size_t i = 0; i < 4; ++i) out += i <= bytes.size() ? alphabet[word >> (18 - 6 * i) & 63] : '=';
  }
  return out;
}

std::string base64_encoded(std::string_view bytes) {
  return base64_encoded(std::as_bytes(std::span(bytes)));
}

std::optional<std::string> base64_decoded(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const auto padding = text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U;
  std::string out;
  std::uint32_t word = 0;
  unsigned bits = 0;
  for (const char c : text.substr(0, text.size() - padding)) {
    const std::uint32_t value = values[static_cast<unsigned char>(c)];
    if (value == no_digit) return std::nullopt;
    word = word << 6 | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(word >> bits & 0xFF);
  }
  if ((word & ((1U << bits) - 1)) != 0) return std::nullopt;  // Bits that stand for nothing.
  return out;
}

}  // namespace randomio::object
