#pragma once

#include <cstdint>
#include <vector>

#include <randomio/backends/object/splice_plan.hpp>

namespace randomio::object {

/// A range of a content that is copied as a whole, from one place, or uploaded.
struct splice_run {
  range at;
  bool is_copied = false;
};

/// The runs of a content; copies shorter than `copy_bytes_min` count as uploads.
[[nodiscard]] std::vector<splice_run> runs_of(const extents& what, const plan_terms& terms,
                                              std::uint64_t copy_bytes_min);

/// For stores whose parts may differ in size: runs of at least the smallest part, all but the last.
[[nodiscard]] std::vector<planned_part> free_parts(std::vector<splice_run> runs, const plan_terms& terms,
                                                   std::uint64_t upload_bytes);

/// For stores that publish parts of the base again: those that are whole in the result, and of others what is in it.
/// Small neighbours are copied into one when the list of parts is long, and more when it is full. May be too many.
[[nodiscard]] std::vector<planned_part> block_parts(const extents& what, const plan_terms& terms);

/// True when a copy of so many bytes costs no more than fetching and sending them.
[[nodiscard]] bool is_copy_cheaper(std::uint64_t bytes, const plan_terms& terms);
/// Cuts `bytes`, which is sent, into parts of about `wanted` bytes. Adds them to `parts`.
void split_upload(range bytes, std::uint64_t least, std::uint64_t wanted, std::vector<planned_part>& parts);

/// For stores whose parts have one size: the size that costs least. Errors: too_large.
[[nodiscard]] result<std::vector<planned_part>> uniform_parts(const extents& what, const plan_terms& terms);

}  // namespace randomio::object
