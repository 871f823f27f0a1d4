#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <span>

#include <randomio/backends/memory/chunk.hpp>
#include <randomio/backends/memory/volume.hpp>

namespace randomio::memory {

inline constexpr std::uint64_t file_bytes_max = std::numeric_limits<std::int64_t>::max();

namespace detail {

/// The part of a byte range that lies in one chunk.
struct piece {
  piece(std::uint64_t at, std::uint64_t end) noexcept
      : index(at / chunk_bytes), start(at % chunk_bytes), len(std::min(end - at, chunk_bytes - start)) {}
  [[nodiscard]] unsigned first() const noexcept { return static_cast<unsigned>(start / page_bytes); }
  [[nodiscard]] unsigned last() const noexcept { return static_cast<unsigned>((start + len - 1) / page_bytes); }

  std::uint64_t index;
  std::uint64_t start;
  std::uint64_t len;
};

}  // namespace detail

/// The bytes of one file: sparse, in pages of 4 KiB. What was never written reads as zeros and takes no
/// space. Reading and overwriting allocate nothing; a change that cannot be made whole is not begun.
///
/// Borrows: the volume, whose space it takes.
/// Threads: none of its own; the owner locks.
class chunk_store {
 public:
  explicit chunk_store(volume& from) noexcept : volume_(&from) {}
  ~chunk_store() { volume_->give_bytes(allocated()); }
  chunk_store(const chunk_store&) = delete;
  chunk_store& operator=(const chunk_store&) = delete;

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint64_t allocated() const noexcept { return pages_ * page_bytes; }

  /// Returns: count read; short only at the end, 0 beyond it.
  [[nodiscard]] std::size_t read(std::uint64_t offset, std::span<std::byte> out) const noexcept;
  /// Errors: too_large, no_space, out_of_memory.
  [[nodiscard]] result<void> write(std::uint64_t offset, std::span<const std::byte> data) noexcept;
  /// Errors: too_large.
  [[nodiscard]] result<void> resize(std::uint64_t size) noexcept;
  /// Makes every page of [start, end) present. Errors: no_space, out_of_memory.
  [[nodiscard]] result<void> reserve(std::uint64_t start, std::uint64_t end) noexcept;
  /// Makes [start, end) read as zeros and gives back its whole pages.
  void discard(std::uint64_t start, std::uint64_t end) noexcept;
  /// Makes [to, to + len) the bytes of `from` at `at`, holes included; they must lie within its size. The
  /// ranges may not overlap when `from` is this store. Errors: too_large, no_space, out_of_memory.
  [[nodiscard]] result<void> copy(const chunk_store& from, std::uint64_t at, std::uint64_t to,
                                  std::uint64_t len) noexcept;

  /// The first byte from `offset` on that is data, before the end of the file.
  [[nodiscard]] std::optional<std::uint64_t> next_data(std::uint64_t offset) const noexcept;
  /// The first byte from `offset` on that is in a hole; the end of the file counts as one.
  [[nodiscard]] std::uint64_t next_hole(std::uint64_t offset) const noexcept;

 private:
  [[nodiscard]] std::uint64_t absent_pages(std::uint64_t start, std::uint64_t end) const noexcept;
  [[nodiscard]] result<void> make_present(std::uint64_t start, std::uint64_t end, bool zeroed) noexcept;
  [[nodiscard]] bool make_room(std::uint64_t start, std::uint64_t end) noexcept;
  void add_pages(std::uint64_t start, std::uint64_t end, bool zeroed) noexcept;
  void drop_empty(std::uint64_t start, std::uint64_t end) noexcept;
  void put(std::uint64_t offset, std::span<const std::byte> data) noexcept;

  volume* volume_;
  std::uint64_t size_ = 0;
  std::uint64_t pages_ = 0;
  std::map<std::uint64_t, chunk> chunks_;  // By offset / chunk_bytes; none of them empty.
};

// Here, so that a read under a lock is one function.
inline std::size_t chunk_store::read(std::uint64_t offset, std::span<std::byte> out) const noexcept {
  if (offset >= size_) return 0;
  out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset)));
  const auto count = out.size();
  auto at = chunks_.lower_bound(offset / chunk_bytes);
  while (!out.empty()) {
    const detail::piece part(offset, offset + out.size());
    auto len = part.len;
    if (at != chunks_.end() && at->first == part.index) {
      at->second.read(part.start, out.first(static_cast<std::size_t>(len)));
      if (len < out.size()) ++at;
    } else {
      const auto data = at == chunks_.end() ? offset + out.size() : at->first * chunk_bytes;
      len = std::min<std::uint64_t>(out.size(), data - offset);
      std::memset(out.data(), 0, static_cast<std::size_t>(len));
    }
    out = out.subspan(static_cast<std::size_t>(len));
    offset += len;
  }
  return count;
}

}  // namespace randomio::memory
