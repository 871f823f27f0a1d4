#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <randomio/backends/s3/checksum.hpp>
#include <randomio/backends/s3/crc32c.hpp>
#include <randomio/backends/s3/crc64nvme.hpp>

using namespace randomio;

namespace {

std::span<const std::byte> span_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// Bit by bit, as the specification has it.
std::uint64_t slow_crc64nvme(std::string_view text) {
  std::uint64_t crc = ~std::uint64_t{0};
  for (const unsigned char c : text) {
    crc ^= c;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x9A6C9329AC4BC9B5 : 0);
  }
  return ~crc;
}

std::string text_of(std::size_t size, unsigned seed) {
  std::string text(size, '\0');
  for (auto& c : text) c = static_cast<char>((seed = seed * 1'664'525U + 1'013'904'223U) >> 24U);
  return text;
}

std::string of(s3::checksum_algorithm which, std::string_view text) {
  const std::span<const std::byte> pieces[] = {span_of(text)};
  return s3::checksum_of(which, pieces);
}

}  // namespace

TEST_CASE("CRC64NVME has the published check value") {
  CHECK(s3::crc64nvme(span_of("123456789")) == 0xAE8B14860A799888);
  CHECK(s3::crc64nvme({}) == 0);
}

TEST_CASE("CRC64NVME is the same however it is computed") {
  const auto large = text_of(10'007, 5);
  CHECK(s3::crc64nvme(span_of(large)) == slow_crc64nvme(large));
  rc::check("any length, any alignment", [](unsigned seed) {
    const auto size = *rc::gen::inRange<std::size_t>(0, 1500), skip = *rc::gen::inRange<std::size_t>(0, 17);
    const auto text = text_of(size + skip, seed).substr(skip);
    RC_ASSERT(s3::crc64nvme(span_of(text)) == slow_crc64nvme(text));
  });
  rc::check("in pieces, going on or joined", [](unsigned seed) {
    const auto text = text_of(*rc::gen::inRange<std::size_t>(0, 5000), seed);
    const auto cut = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
    const auto first = span_of(text).first(cut), second = span_of(text).subspan(cut);
    const auto whole = s3::crc64nvme(span_of(text));
    RC_ASSERT(s3::crc64nvme(second, s3::crc64nvme(first)) == whole);
    RC_ASSERT(s3::crc64nvme_joined(s3::crc64nvme(first), s3::crc64nvme(second), second.size()) == whole);
  });
}

TEST_CASE("the others have their check values, in the service's form") {
  CHECK(s3::crc32c(span_of("123456789")) == 0xE3069283);
  CHECK(s3::crc32c(span_of("6789"), s3::crc32c(span_of("12345"))) == 0xE3069283);
  CHECK(of(s3::checksum_algorithm::crc64nvme, "123456789") == "rosUhgp5mIg=");
  CHECK(of(s3::checksum_algorithm::crc32c, "123456789") == "4waSgw==");
  CHECK(of(s3::checksum_algorithm::sha256, "") == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  CHECK(of(s3::checksum_algorithm::none, "x").empty());
  CHECK(s3::md5_base64("") == "1B2M2Y8AsgTpgAmY7PhCfg==");
}

TEST_CASE("an object's checksum comes from its parts', or not at all") {
  const std::string text = "some bytes that come in three parts";
  std::vector<object::part> parts;
  for (const auto& [at, size] : {std::pair<std::size_t, std::size_t>{0, 10}, {10, 1}, {11, 24}}) {
    const auto piece = std::string_view(text).substr(at, size);
    parts.push_back({.number = 1, .size = piece.size(), .checksum = of(s3::checksum_algorithm::crc64nvme, piece)});
  }
  CHECK(s3::joined_crc64nvme(parts) == of(s3::checksum_algorithm::crc64nvme, text));
  parts[1].checksum.clear();
  CHECK_FALSE(s3::joined_crc64nvme(parts));
  parts[1].checksum = "AAAA";
  CHECK_FALSE(s3::joined_crc64nvme(parts));
}
