#include <randomio/backends/azure/digest.hpp>

#include <array>
#include <memory>
#include <random>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

namespace randomio::azure {
namespace {

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT: OpenSSL's word for bytes.
}
unsigned char* octets(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());  // NOLINT: as above.
}

}  // namespace

std::string base64_encoded(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // And a null, which OpenSSL adds.
  const int size = EVP_EncodeBlock(octets(out), octets(bytes), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::optional<std::string> base64_decoded(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  // OpenSSL takes spaces around it, and padding anywhere, as part of it.
  if (text.substr(0, text.size() - padding).find_first_of("= \t\r\n-") != std::string_view::npos) return std::nullopt;
  std::string out(text.size() / 4 * 3 + 1, '\0');
  const int size = EVP_DecodeBlock(octets(out), octets(text), static_cast<int>(text.size()));
  if (size < 0 || static_cast<std::size_t>(size) < padding) return std::nullopt;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets(text), text.size(), octets(out), &size);
  out.resize(size);
  return out;
}

std::string content_md5(object::pieces content) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_md5(), nullptr);
  for (const auto piece : content) EVP_DigestUpdate(context.get(), piece.data(), piece.size());
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  EVP_DigestFinal_ex(context.get(), octets(out), &size);
  out.resize(size);
  return base64_encoded(out);
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  if (RAND_bytes(octets(out), static_cast<int>(count)) != 1) {
    std::random_device chance;
    for (auto& one : out) one = static_cast<char>(chance());
  }
  return out;
}

}  // namespace randomio::azure
