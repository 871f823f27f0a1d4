#include <randomio/backends/s3/checksum.hpp>

#include <algorithm>

#include <openssl/evp.h>

#include <randomio/backends/object/base64.hpp>
#include <randomio/backends/s3/crc32c.hpp>
#include <randomio/backends/s3/crc64nvme.hpp>
#include <randomio/backends/s3/sigv4_digest.hpp>

namespace randomio::s3 {
namespace {

template <class Word>
std::string big_endian_base64(Word value) {
  std::array<std::byte, sizeof(Word)> bytes;
  for (auto i = bytes.size(); i-- > 0; value = static_cast<Word>(value >> 8))
    bytes[i] = static_cast<std::byte>(value & 0xFF);
  return object::base64_encoded(bytes);
}

std::optional<std::uint64_t> crc64_from(std::string_view text) {
  const auto bytes = object::base64_decoded(text);
  if (!bytes || bytes->size() != sizeof(std::uint64_t)) return std::nullopt;
  std::uint64_t value = 0;
  for (const unsigned char b : *bytes) value = value << 8 | b;
  return value;
}

}  // namespace

std::string_view service_name(checksum_algorithm which) noexcept {
  switch (which) {
    case checksum_algorithm::crc64nvme: return "CRC64NVME";
    case checksum_algorithm::crc32c: return "CRC32C";
    case checksum_algorithm::sha256: return "SHA256";
    case checksum_algorithm::none: break;
  }
  return "";
}

std::string_view field_name(checksum_algorithm which) noexcept {
  switch (which) {
    case checksum_algorithm::crc64nvme: return "x-amz-checksum-crc64nvme";
    case checksum_algorithm::crc32c: return "x-amz-checksum-crc32c";
    case checksum_algorithm::sha256: return "x-amz-checksum-sha256";
    case checksum_algorithm::none: break;
  }
  return "";
}

std::string checksum_of(checksum_algorithm which, object::pieces content) {
  switch (which) {
    case checksum_algorithm::crc64nvme: {
      std::uint64_t crc = 0;
      for (const auto piece : content) crc = crc64nvme(piece, crc);
      return big_endian_base64(crc);
    }
    case checksum_algorithm::crc32c: {
      std::uint32_t crc = 0;
      for (const auto piece : content) crc = crc32c(piece, crc);
      return big_endian_base64(crc);
    }
    case checksum_algorithm::sha256: {
      const auto digest = sha256(content);
      return object::base64_encoded(std::as_bytes(std::span(digest)));
    }
    case checksum_algorithm::none: break;
  }
  return {};
}

std::optional<std::string> joined_crc64nvme(std::span<const object::part> parts) {
  std::uint64_t all = 0;
  for (const auto& part : parts) {
    const auto own = crc64_from(part.checksum);
    if (!own) return std::nullopt;
    all = crc64nvme_joined(all, *own, part.size);
  }
  return big_endian_base64(all);
}

std::string md5_base64(std::string_view text) {
  std::array<std::byte, EVP_MAX_MD_SIZE> digest;
  unsigned len = 0;
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &len, EVP_md5(), nullptr) !=
      1) {
    return {};
  }
  return object::base64_encoded(std::span(digest).first(len));
}

}  // namespace randomio::s3
