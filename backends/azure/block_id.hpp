#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace randomio::azure {

/// The ids of the blocks of one upload: random bytes that all share, then a number. Whoever commits names ids, not
/// bytes, so an id that two writers made would publish one's bytes in the other's blob: they never meet in 96 random
/// bits. All ids of a blob's uncommitted blocks have one length, which is that of the ids that are there.
/// Source: Azure Storage REST API, "Put Block", `blockid`.
class block_ids {
 public:
  static constexpr std::size_t bytes_default = 16;  ///< As blobfuse2's.
  static constexpr std::size_t bytes_min = 16;      ///< 12 random ones and the number.
  static constexpr std::size_t bytes_max = 64;

  /// New ones, each of so many bytes before encoding, which lie between the bounds above.
  [[nodiscard]] static block_ids fresh(std::size_t bytes);
  /// Those of an upload. Nothing, for what `text` has not made.
  [[nodiscard]] static std::optional<block_ids> of(std::string_view text);
  /// The upload that a block of this id belongs to. Nothing, for ids of others.
  [[nodiscard]] static std::optional<block_ids> holding(std::string_view id_base64);

  /// The upload's id: its random bytes, in hexadecimal.
  [[nodiscard]] std::string text() const;
  /// A block's id in base64. A part may be several blocks, which are numbered from 0.
  [[nodiscard]] std::string at(std::uint16_t part, std::uint16_t block = 0) const;

 private:
  explicit block_ids(std::string random) : random_(std::move(random)) {}
  std::string random_;
};

}  // namespace randomio::azure
