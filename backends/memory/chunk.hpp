#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace randomio::memory {

inline constexpr std::uint64_t page_bytes = 4096;
inline constexpr unsigned chunk_pages = 16;
inline constexpr std::uint64_t chunk_bytes = page_bytes * chunk_pages;

/// 64 KiB of a sparse file: the pages that are present, packed in a buffer that grows with their number.
class chunk {
 public:
  [[nodiscard]] bool has(unsigned page) const noexcept { return (present_ >> page & 1) != 0; }
  [[nodiscard]] bool empty() const noexcept { return present_ == 0; }
  /// How many of the pages [first, last] are absent.
  [[nodiscard]] unsigned absent(unsigned first, unsigned last) const noexcept;
  /// The first page from `from` on that is present, or absent; `chunk_pages` when there is none.
  [[nodiscard]] unsigned next_present(unsigned from) const noexcept;
  [[nodiscard]] unsigned next_absent(unsigned from) const noexcept;
  [[nodiscard]] std::byte* page(unsigned page) noexcept { return buffer_.get() + slot_[page] * page_bytes; }

  /// Makes room for so many more pages. Returns: false when there is no memory; nothing changed then.
  [[nodiscard]] bool make_room(unsigned pages) noexcept;
  /// Adds an absent page, its bytes undefined. Requires: room.
  void add(unsigned page) noexcept;
  void drop(unsigned page) noexcept;
  /// Gives back room that pages left behind.
  void shrink() noexcept;

  /// Copies out; what is absent is zeros. The range must lie within the chunk.
  void read(std::uint64_t at, std::span<std::byte> out) const noexcept;
  /// Copies in. All pages of the range must be present.
  void write(std::uint64_t at, std::span<const std::byte> data) noexcept;

 private:
  [[nodiscard]] unsigned count() const noexcept;
  [[nodiscard]] bool move_to(unsigned capacity) noexcept;
  [[nodiscard]] std::size_t run(std::uint64_t at, std::size_t want) const noexcept;

  std::unique_ptr<std::byte[]> buffer_;
  std::uint16_t present_ = 0;  // By page.
  std::uint16_t used_ = 0;     // By slot.
  std::uint8_t capacity_ = 0;  // Slots.
  std::array<std::uint8_t, chunk_pages> slot_{};
};

}  // namespace randomio::memory
