#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

namespace randomio {

/// A half-open byte range `[start, end)`.
///
/// Units:   bytes, unsigned 64-bit. Every range that can be built has `start() <= end()`: the checked
///          constructors return nothing instead of saturating.
/// Threads: a value type; as safe as an integer.
class range {
 public:
  constexpr range() noexcept = default;

  /// `[start, end)`, or nothing when `start > end`.
  [[nodiscard]] static constexpr std::optional<range> make(std::uint64_t start, std::uint64_t end) noexcept {
    if (start > end) return std::nullopt;
    return range(start, end);
  }
  /// `[start, start + len)`, or nothing when that passes 2^64 - 1.
  [[nodiscard]] static constexpr std::optional<range> from_len(std::uint64_t start, std::uint64_t len) noexcept {
    if (len > std::numeric_limits<std::uint64_t>::max() - start) return std::nullopt;
    return range(start, start + len);
  }
  /// The empty range `[at, at)`.
  [[nodiscard]] static constexpr range empty_at(std::uint64_t at) noexcept { return range(at, at); }

  [[nodiscard]] constexpr std::uint64_t start() const noexcept { return start_; }
  [[nodiscard]] constexpr std::uint64_t end() const noexcept { return end_; }
  [[nodiscard]] constexpr std::uint64_t len() const noexcept { return end_ - start_; }
  [[nodiscard]] constexpr bool empty() const noexcept { return start_ == end_; }

  [[nodiscard]] constexpr bool contains(std::uint64_t offset) const noexcept {
    return start_ <= offset && offset < end_;
  }
  /// True when every byte of `other` is inside; an empty `other` must lie within the closed bounds.
  [[nodiscard]] constexpr bool contains(range other) const noexcept {
    return start_ <= other.start_ && other.end_ <= end_;
  }
  /// True when the two share at least one byte: exactly when `intersection` has a value.
  [[nodiscard]] constexpr bool intersects(range other) const noexcept { return intersection(other).has_value(); }
  /// The shared bytes; never an empty range.
  [[nodiscard]] constexpr std::optional<range> intersection(range other) const noexcept {
    const auto start = std::max(start_, other.start_);
    const auto end = std::min(end_, other.end_);
    if (start >= end) return std::nullopt;
    return range(start, end);
  }
  /// True when one ends where the other starts.
  [[nodiscard]] constexpr bool adjacent(range other) const noexcept {
    return end_ == other.start_ || other.end_ == start_;
  }
  /// The one range that covers both, when they overlap or touch.
  [[nodiscard]] constexpr std::optional<range> unite(range other) const noexcept {
    if (!intersects(other) && !adjacent(other)) return std::nullopt;
    return range(std::min(start_, other.start_), std::max(end_, other.end_));
  }

  friend constexpr bool operator==(range, range) noexcept = default;

 private:
  constexpr range(std::uint64_t start, std::uint64_t end) noexcept : start_(start), end_(end) {}

  std::uint64_t start_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace randomio
