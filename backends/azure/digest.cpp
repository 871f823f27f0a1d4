#include <randomio/backends/azure/digest.hpp>

#include <array>
#include <memory>
#include <random>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <randomio/backends/object/base64.hpp>

namespace randomio::azure {
namespace {

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT: OpenSSL's word for bytes.
}
unsigned char* octets(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());  // NOLINT: as above.
}

}  // namespace

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
  return object::base64_encoded(out);
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
