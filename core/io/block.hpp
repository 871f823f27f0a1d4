#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include <randomio/core/io/buffer.hpp>
#include <randomio/core/io/range.hpp>

namespace randomio {

/// Bytes at an offset. Every block that can be built has `range().len() == size of its data`.
///
/// Units:   bytes.
/// Threads: as `B`.
template <io_buf B>
class block {
 public:
  /// The block of `data` at `offset`, or nothing when its end would pass 2^64 - 1.
  [[nodiscard]] static constexpr std::optional<block> make(std::uint64_t offset, B data) {
    const auto where = randomio::range::from_len(offset, size_of(data));
    if (!where) return std::nullopt;
    return block(*where, std::move(data));
  }

  [[nodiscard]] constexpr std::uint64_t offset() const noexcept { return range_.start(); }
  [[nodiscard]] constexpr randomio::range range() const noexcept { return range_; }
  [[nodiscard]] constexpr const B& data() const& noexcept { return data_; }
  [[nodiscard]] constexpr B into_data() && noexcept(std::is_nothrow_move_constructible_v<B>) {
    return std::move(data_);
  }
  [[nodiscard]] constexpr std::span<const std::byte> bytes() const& noexcept { return bytes_of(data_); }

  friend constexpr bool operator==(const block& a, const block& b)
    requires std::equality_comparable<B>
  = default;

 private:
  constexpr block(randomio::range where, B data) : range_(where), data_(std::move(data)) {}

  randomio::range range_;
  B data_;
};

}  // namespace randomio
