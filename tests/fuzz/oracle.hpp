#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include "tests/fuzz/input.hpp"

namespace fuzz {

/// What a file must hold, written as plainly as can be: cells of 1000 bytes, which no page or chunk agrees with.
class oracle {
 public:
  static constexpr std::uint64_t size_max = std::numeric_limits<std::int64_t>::max();

  [[nodiscard]] static bool fits(std::uint64_t offset, std::uint64_t len) {
    return len == 0 || (offset <= size_max && len <= size_max - offset);
  }
  void write(std::uint64_t offset, std::span<const std::byte> data) {
    for (std::size_t i = 0; i < data.size();) {
      const auto [cell, from, len] = part(offset + i, data.size() - i);
      std::copy_n(data.begin() + static_cast<std::ptrdiff_t>(i), len, cells_[cell].begin() + from);
      i += static_cast<std::size_t>(len);
    }
    if (!data.empty()) size_ = std::max(size_, offset + data.size());
    written_ += data.size();
  }
  void resize(std::uint64_t size) {
    if (size < size_) zero(size, size_);
    size_ = size;
  }
  void zero(std::uint64_t start, std::uint64_t end) {
    for (auto at = cells_.lower_bound(start / cell_bytes); at != cells_.end() && at->first * cell_bytes < end;) {
      const auto base = at->first * cell_bytes;
      const auto from = std::max(start, base), to = std::min(end, base + cell_bytes);
      std::fill(at->second.begin() + static_cast<std::ptrdiff_t>(from - base),
                at->second.begin() + static_cast<std::ptrdiff_t>(to - base), std::byte{});
      at = to - from == cell_bytes ? cells_.erase(at) : std::next(at);
    }
  }
  void grow(std::uint64_t size) { size_ = std::max(size_, size); }

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Bytes written so far: a bound for the run.
  [[nodiscard]] std::uint64_t written() const { return written_; }
  [[nodiscard]] std::byte at(std::uint64_t offset) const {
    const auto found = cells_.find(offset / cell_bytes);
    return found == cells_.end() ? std::byte{} : found->second[offset % cell_bytes];
  }
  /// What a read must give.
  [[nodiscard]] std::vector<std::byte> read(std::uint64_t offset, std::size_t len) const {
    if (offset >= size_) return {};
    std::vector<std::byte> out(static_cast<std::size_t>(std::min<std::uint64_t>(len, size_ - offset)));
    for (std::size_t i = 0; i < out.size();) {
      const auto [cell, from, count] = part(offset + i, out.size() - i);
      if (const auto found = cells_.find(cell); found != cells_.end()) {
        std::copy_n(found->second.begin() + from, count, out.begin() + static_cast<std::ptrdiff_t>(i));
      }
      i += static_cast<std::size_t>(count);
    }
    return out;
  }
  /// The first byte from `offset` on that is not zero; past every file when there is none.
  [[nodiscard]] std::uint64_t next_not_zero(std::uint64_t offset) const {
    for (auto at = cells_.lower_bound(offset / cell_bytes); at != cells_.end(); ++at) {
      for (std::uint64_t i = 0; i < cell_bytes; ++i) {
        const auto here = at->first * cell_bytes + i;
        if (here >= offset && at->second[i] != std::byte{}) return here;
      }
    }
    return std::numeric_limits<std::uint64_t>::max();
  }
  /// The ranges that hold data, each widened by a page of what must be zeros around it.
  [[nodiscard]] std::vector<std::pair<std::uint64_t, std::size_t>> interesting() const {
    std::vector<std::pair<std::uint64_t, std::size_t>> ranges{{0, 5000}, {size_ > 3000 ? size_ - 3000 : 0, 6000}};
    constexpr std::uint64_t margin = 4200;
    for (auto at = cells_.begin(); at != cells_.end();) {
      const auto start = at->first * cell_bytes;
      auto end = start;
      for (; at != cells_.end() && at->first * cell_bytes - end < 2 * margin; ++at) end = (at->first + 1) * cell_bytes;
      const auto from = start > margin ? start - margin : 0;
      ranges.emplace_back(from, static_cast<std::size_t>(end - from + margin));
    }
    return ranges;
  }

 private:
  static constexpr std::uint64_t cell_bytes = 1000;
  struct piece {
    std::uint64_t cell;
    std::ptrdiff_t from;
    std::ptrdiff_t len;
  };
  static piece part(std::uint64_t offset, std::uint64_t len) {
    const auto from = offset % cell_bytes;
    return {offset / cell_bytes, static_cast<std::ptrdiff_t>(from),
            static_cast<std::ptrdiff_t>(std::min(len, cell_bytes - from))};
  }

  std::map<std::uint64_t, std::array<std::byte, cell_bytes>> cells_;  // Those not in it are zeros.
  std::uint64_t size_ = 0;
  std::uint64_t written_ = 0;
};

}  // namespace fuzz
