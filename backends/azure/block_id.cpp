#include <randomio/backends/azure/block_id.hpp>

#include <charconv>

#include <randomio/backends/azure/digest.hpp>
#include <randomio/backends/object/base64.hpp>

namespace randomio::azure {
namespace {

constexpr std::size_t number_bytes = 4;

bool is_legal(std::size_t random_bytes) {
  return random_bytes + number_bytes >= block_ids::bytes_min && random_bytes + number_bytes <= block_ids::bytes_max;
}

}  // namespace

block_ids block_ids::fresh(std::size_t bytes) {
  return block_ids(random_bytes(bytes - number_bytes));
}

std::optional<block_ids> block_ids::of(std::string_view text) {
  if (text.size() % 2 != 0 || !is_legal(text.size() / 2)) return std::nullopt;
  std::string random;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned char one = 0;
    const auto [end, failure] = std::from_chars(text.data() + i, text.data() + i + 2, one, 16);
    if (failure != std::errc() || end != text.data() + i + 2) return std::nullopt;
    random += static_cast<char>(one);
  }
  return block_ids(std::move(random));
}

std::optional<block_ids> block_ids::holding(std::string_view id_base64) {
  auto bytes = object::base64_decoded(id_base64);
  if (!bytes || bytes->size() < number_bytes || !is_legal(bytes->size() - number_bytes)) return std::nullopt;
  bytes->resize(bytes->size() - number_bytes);
  return block_ids(*std::move(bytes));
}

std::string block_ids::text() const {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const unsigned char one : random_) {
    out += digits[one >> 4U];
    out += digits[one & 15U];
  }
  return out;
}

std::string block_ids::at(std::uint16_t part, std::uint16_t block) const {
  auto bytes = random_;
  for (const int number : {part >> 8, part & 255, block >> 8, block & 255}) {
    bytes += static_cast<char>(number);
  }
  return object::base64_encoded(bytes);
}

}  // namespace randomio::azure
