#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <randomio/backends/object/cost_model.hpp>
#include <randomio/backends/object/extents.hpp>
#include <randomio/backends/object/limits.hpp>
#include <randomio/core/io/error.hpp>

namespace randomio::object {

/// What an edit takes. Units: requests, bytes.
struct effort {
  std::uint64_t requests = 0;
  std::uint64_t bytes_up = 0;
  std::uint64_t bytes_down = 0;
  std::uint64_t bytes_copied = 0;  ///< Inside the store.
  std::uint64_t copies = 0;

  [[nodiscard]] double cost(const cost_model& by) const;
  friend bool operator==(const effort&, const effort&) = default;
};

/// One part of the result: a range that is copied inside the store, one that is sent, with what of it is in the store
/// fetched before, or a part of the base, which is named again.
struct planned_part {
  enum class kind : std::uint8_t { copy, upload, keep };
  range at;
  kind what = kind::upload;
};

/// How a content becomes an object. Parts tile [0, size) in order.
struct splice_plan {
  bool is_put = false;  ///< One whole-object upload; no parts.
  std::vector<planned_part> parts;
  effort takes;
};

/// What a plan has to go by, beside the extents.
struct plan_terms {
  const limits& allowed;
  const cost_model& cost;
  std::uint64_t base_size = 0;  ///< Of the whole base: a service copies no ranges of small objects.
  /// Where each part of the base ends that can be published again, in order; the last is at `base_size`. Empty: none.
  std::span<const std::uint64_t> part_ends = {};
  std::uint64_t upload_bytes = std::uint64_t{8} << 20;       ///< Of one uploaded part, where it may be chosen.
  std::uint64_t upload_bytes_max = std::uint64_t{64} << 20;  ///< What memory there is for one, where it may not.
  bool copies_remote = true;  ///< Ranges of other objects may be copied: their versions are checked.
};

/// A pure function: the cheapest plan it finds within the limits. `what` has no `sent` extents.
///
/// Errors: too_large, when the result passes what the store allows, or what memory allows where the store gives no
///         choice.
[[nodiscard]] result<splice_plan> plan_splice(const extents& what, const plan_terms& terms);

/// Cuts `bytes`, which is copied, into the ranges that the cost model asks for: as large as is legal, or more where
/// copies run at once. Adds them to `parts`.
void split_copy(range bytes, const limits& allowed, const cost_model& cost, std::vector<planned_part>& parts);

/// The parts of a stream's base, all of it copied or kept, so that `room` more fit behind it. Errors: too_large.
[[nodiscard]] result<std::vector<planned_part>> plan_base(const plan_terms& terms, std::uint64_t room);

/// What of an extent a service copies.
[[nodiscard]] bool is_copyable(const extent& what, const plan_terms& terms);
/// What carrying out `parts` takes; `is_put`: as one whole-object upload.
[[nodiscard]] effort measure(const extents& what, const std::vector<planned_part>& parts, bool is_put);

}  // namespace randomio::object
