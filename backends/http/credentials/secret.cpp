#include <randomio/backends/http/credentials/secret.hpp>

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include <openssl/crypto.h>

namespace randomio::http {

// Mapped, because madvise(2) works on pages and an allocator would share them with others.
class secret::pages {
 public:
  explicit pages(std::string_view text) : size_(text.size()) {
    void* mapped = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    static_cast<void>(::madvise(mapped, size_, MADV_DONTDUMP));
    // Not MADV_WIPEONFORK: a program may fork to go to the background after it has read its configuration.
    at_ = static_cast<char*>(mapped);
    std::ranges::copy(text, at_);
  }
  pages(const pages&) = delete;
  pages& operator=(const pages&) = delete;
  ~pages() {
    OPENSSL_cleanse(at_, size_);
    ::munmap(at_, size_);
  }

  [[nodiscard]] std::string_view text() const noexcept { return {at_, size_}; }

 private:
  char* at_ = nullptr;
  std::size_t size_;
};

void wipe(std::string& text) noexcept {
  // To its capacity: what was longer before may lie behind the end.
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

void wipe(std::span<char> bytes) noexcept {
  OPENSSL_cleanse(bytes.data(), bytes.size());
}

secret::secret(std::string_view text) : pages_(text.empty() ? nullptr : std::make_shared<const pages>(text)) {}

secret secret::taken_from(std::string& text) {
  secret taken{std::string_view(text)};
  wipe(text);
  return taken;
}

std::string_view secret::reveal() const noexcept {
  return pages_ == nullptr ? std::string_view{} : pages_->text();
}

bool operator==(const secret& a, const secret& b) noexcept {
  const auto x = a.reveal(), y = b.reveal();
  return x.size() == y.size() && CRYPTO_memcmp(x.data(), y.data(), x.size()) == 0;
}

}  // namespace randomio::http
