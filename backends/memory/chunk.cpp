#include <randomio/backends/memory/chunk.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

namespace randomio::memory {

namespace {

constexpr std::uint16_t mask(unsigned first, unsigned last) noexcept {
  return static_cast<std::uint16_t>((0xffffU >> (chunk_pages - 1 - last)) & (0xffffU << first));
}

}  // namespace

unsigned chunk::count() const noexcept {
  return static_cast<unsigned>(std::popcount(present_));
}

unsigned chunk::absent(unsigned first, unsigned last) const noexcept {
  return static_cast<unsigned>(std::popcount(static_cast<std::uint16_t>(~present_ & mask(first, last))));
}

unsigned chunk::next_present(unsigned from) const noexcept {
  if (from >= chunk_pages) return chunk_pages;
  return static_cast<unsigned>(std::countr_zero(static_cast<std::uint16_t>(present_ & mask(from, chunk_pages - 1))));
}

unsigned chunk::next_absent(unsigned from) const noexcept {
  if (from >= chunk_pages) return chunk_pages;
  return static_cast<unsigned>(std::countr_zero(static_cast<std::uint16_t>(~present_ & mask(from, chunk_pages - 1))));
}

bool chunk::make_room(unsigned pages) noexcept {
  const unsigned need = count() + pages;
  if (need <= capacity_) return true;
  return move_to(std::min(chunk_pages, std::max(need, 2U * capacity_)));
}

// Moving packs the pages in order, so that neighbours can be copied in one go.
bool chunk::move_to(unsigned capacity) noexcept {
  std::unique_ptr<std::byte[]> moved(new (std::nothrow) std::byte[capacity * page_bytes]);
  if (moved == nullptr) return false;
  std::uint8_t next = 0;
  for (unsigned p = next_present(0); p < chunk_pages; p = next_present(p + 1)) {
    std::memcpy(moved.get() + next * page_bytes, page(p), page_bytes);
    slot_[p] = next++;
  }
  used_ = static_cast<std::uint16_t>((1U << next) - 1);
  capacity_ = static_cast<std::uint8_t>(capacity);
  buffer_ = std::move(moved);
  return true;
}

void chunk::add(unsigned page) noexcept {
  const auto slot = static_cast<unsigned>(std::countr_one(used_));
  used_ = static_cast<std::uint16_t>(used_ | 1U << slot);
  present_ = static_cast<std::uint16_t>(present_ | 1U << page);
  slot_[page] = static_cast<std::uint8_t>(slot);
}

void chunk::drop(unsigned page) noexcept {
  used_ = static_cast<std::uint16_t>(used_ & ~(1U << slot_[page]));
  present_ = static_cast<std::uint16_t>(present_ & ~(1U << page));
}

void chunk::shrink() noexcept {
  const unsigned pages = count();
  if (pages != 0 && 2 * pages <= capacity_) (void)move_to(pages);  // Without memory for it, it stays as it is.
}

// The bytes from `at` on that lie together in the buffer, up to `want`.
std::size_t chunk::run(std::uint64_t at, std::size_t want) const noexcept {
  auto p = static_cast<unsigned>(at / page_bytes);
  std::size_t len = page_bytes - at % page_bytes;
  const bool here = has(p);
  for (; len < want && p + 1 < chunk_pages; ++p, len += page_bytes) {
    if (has(p + 1) != here || (here && slot_[p + 1] != slot_[p] + 1)) break;
  }
  return std::min(len, want);
}

void chunk::read(std::uint64_t at, std::span<std::byte> out) const noexcept {
  while (!out.empty()) {
    const auto p = static_cast<unsigned>(at / page_bytes);
    const auto len = run(at, out.size());
    if (has(p)) {
      std::memcpy(out.data(), buffer_.get() + slot_[p] * page_bytes + at % page_bytes, len);
    } else {
      std::memset(out.data(), 0, len);
    }
    out = out.subspan(len);
    at += len;
  }
}

void chunk::write(std::uint64_t at, std::span<const std::byte> data) noexcept {
  while (!data.empty()) {
    const auto len = run(at, data.size());
    std::memcpy(page(static_cast<unsigned>(at / page_bytes)) + at % page_bytes, data.data(), len);
    data = data.subspan(len);
    at += len;
  }
}

}  // namespace randomio::memory
