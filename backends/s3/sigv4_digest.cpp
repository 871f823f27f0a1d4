#include <randomio/backends/s3/sigv4_digest.hpp>

#include <memory>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <randomio/core/runtime/invariant.hpp>

namespace randomio::s3 {
namespace {

// Fetched once: each fetch searches the providers. Kept to the end of the process, as OpenSSL's own tables are.
const EVP_MD* sha256_method() noexcept {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  return method;
}
EVP_MAC* hmac_method() noexcept {
  static EVP_MAC* const method = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  return method;
}

struct free_context {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
};

// OpenSSL's default and FIPS providers both have these; without them no request can be signed at all.
void must(bool worked) noexcept {
  detail::require(worked, "OpenSSL offers no SHA-256");
}

const unsigned char* bytes(const void* data) noexcept {
  return static_cast<const unsigned char*>(data);
}

}  // namespace

sha256_digest sha256(std::span<const std::span<const std::byte>> pieces) noexcept {
  const std::unique_ptr<EVP_MD_CTX, free_context> context(EVP_MD_CTX_new());
  must(EVP_DigestInit_ex2(context.get(), sha256_method(), nullptr) == 1);
  for (const auto piece : pieces) must(EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1);
  sha256_digest out{};
  must(EVP_DigestFinal_ex(context.get(), out.data(), nullptr) == 1);
  return out;
}

sha256_digest sha256(std::string_view text) noexcept {
  const auto piece = std::as_bytes(std::span(text));
  return sha256(std::span(&piece, 1));
}

sha256_digest hmac_sha256(std::string_view key, std::string_view text) noexcept {
  const std::unique_ptr<EVP_MAC_CTX, free_context> context(EVP_MAC_CTX_new(hmac_method()));
  char name[] = "SHA2-256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                                   OSSL_PARAM_construct_end()};
  must(EVP_MAC_init(context.get(), bytes(key.data()), key.size(), parameters) == 1);
  must(EVP_MAC_update(context.get(), bytes(text.data()), text.size()) == 1);
  sha256_digest out{};
  std::size_t size = 0;
  must(EVP_MAC_final(context.get(), out.data(), &size, out.size()) == 1);
  return out;
}

std::string hex(const sha256_digest& digest) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * digest.size());
  for (const auto byte : digest) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string_view as_text(const sha256_digest& digest) noexcept {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};  // NOLINT: bytes as bytes.
}

}  // namespace randomio::s3
