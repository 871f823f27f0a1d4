#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <randomio/backends/object/part_upload.hpp>

namespace randomio::object {

/// The tail of a content, sent part by part while it is written. What comes before the tail is the base, whole, or
/// nothing; it is copied meanwhile, into part numbers that are reserved for it, so that an append that loses a race
/// keeps the parts that it has sent, and copies the base that it has then into the same numbers.
struct tail_stream {
  struct sent_part {
    std::uint32_t number = 0;
    std::uint64_t at = 0;  ///< From the start of the tail.
    std::uint64_t len = 0;
  };

  tail_stream(editing& shared, const std::string& key, std::uint64_t from, std::string commit)
      : to(shared, key),
        id(std::move(commit)),
        start(from),
        first_number(reserved(shared.to.allows()) + 1),
        keeps_all(shared.to.allows().publication_ends_uploads) {}

  /// How many part numbers stay free for what comes before the tail: none where it cannot be copied into them.
  [[nodiscard]] static std::uint32_t reserved(const limits& allowed) {
    return allowed.uniform_parts ? 0 : allowed.parts_max / 4;
  }
  /// Small enough that several files have room for some, so that they begin to leave before the memory is full.
  [[nodiscard]] static std::uint64_t part_bytes(const editing& with) {
    const auto& allowed = with.to.allows();
    const auto wanted = std::min(with.part_bytes, with.memory.total() / 8);
    return std::clamp(wanted, allowed.part_bytes_min, allowed.part_bytes_max);
  }
  [[nodiscard]] std::uint32_t next_number() const { return first_number + static_cast<std::uint32_t>(parts.size()); }
  /// Where the next part starts, in the content.
  [[nodiscard]] std::uint64_t end() const { return parts.empty() ? start : start + parts.back().at + parts.back().len; }
  /// The first part of a tail behind a base stays staged: should the base become too small to be copied, they are one.
  /// All parts do, where somebody else's publication ends the upload.
  [[nodiscard]] bool keeps(std::uint32_t number) const { return keeps_all || (start > 0 && number == first_number); }

  /// Copies `base` into the numbers before the tail's, in the background; what was copied of that version stays.
  /// Errors: too_large, when it takes more numbers than are reserved.
  [[nodiscard]] task<result<void>> copy_head(std::shared_ptr<const origin> base, const editing& with);
  /// Forgets what was copied.
  [[nodiscard]] task<void> drop_head();
  /// Forgets the parts from the `count`th on: they are sent again.
  void forget_from(std::size_t count);

  part_upload to;
  std::string id;  ///< Of the commit that it will be.
  std::uint64_t start;
  std::uint32_t first_number;
  bool keeps_all;
  std::vector<sent_part> parts;
  bool has_dropped = false;                       ///< Some of its bytes are nowhere else.
  properties with;                                ///< What the upload began with: a service takes no others later.
  std::uint64_t held_edits = 0;                   ///< The content's, when it began.
  std::shared_ptr<const origin> copied;           ///< What the copies are of.
  std::vector<part_upload::copied_range> copies;  ///< In order.
};

}  // namespace randomio::object
