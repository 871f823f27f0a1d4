#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/core/io/range.hpp>

namespace randomio::testing {

/// Bytes that share what they were copied from, so that an object of 5 GiB costs a fake store nothing. Parts of it may
/// be made up by a formula.
class rope {
 public:
  rope() = default;
  explicit rope(std::string_view text);
  /// `size` bytes that differ from place to place and from seed to seed.
  [[nodiscard]] static rope pattern(std::uint64_t size, std::uint64_t seed);

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  void append(std::span<const std::byte> bytes);
  void append(const rope& other, range bytes);
  /// Returns: the count of bytes put into the front of `out`.
  std::size_t read(std::uint64_t offset, std::span<std::byte> out) const;
  [[nodiscard]] std::string text() const;

 private:
  struct segment {
    std::shared_ptr<const std::vector<std::byte>> bytes;  ///< Null: made up from `seed`.
    std::uint64_t from = 0;
    std::uint64_t len = 0;
    std::uint64_t seed = 0;
  };
  std::vector<segment> segments_;
  std::uint64_t size_ = 0;
};

}  // namespace randomio::testing
