#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <randomio/backends/object/cost_model.hpp>
#include <randomio/backends/object/memory_budget.hpp>
#include <randomio/backends/object/spill_space.hpp>
#include <randomio/backends/object/store.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>

namespace randomio::object {

class upload_journal;

/// What happens to an edit whose object was changed by somebody else meanwhile, when both cannot be had.
enum class conflict_policy : std::uint8_t {
  estale,     ///< The commit fails with precondition_failed; the edit is kept beside the object, or stays staged.
  keep_both,  ///< The edit is published as NAME.conflict-HOST-TIME and the commit succeeds.
  overwrite,  ///< The edit replaces what the other one published.
};

/// What all contents of one filesystem share. It outlives them.
struct editing {
  store& to;
  memory_budget& memory;
  spill_space& spill;
  blocking_pool& pool;
  upload_journal* journal = nullptr;  ///< Null: an upload that a kill leaves behind stays in the store.
  cost_model cost = {};
  conflict_policy on_conflict = conflict_policy::estale;
  bool commit_ids = true;                  ///< Without them an ambiguous reply stays ambiguous.
  bool unsafe_without_conditions = false;  ///< Publish on stores that ignore conditions.
  /// New files and tails leave while they are written, what reads or rewrites them publishes them first, and what there
  /// is no room for is published. Otherwise all bytes are kept until the commit, and what has no room is refused.
  bool early_publish = true;
  std::string host = "localhost";                          ///< As it appears in the names of conflicting copies.
  std::uint64_t part_bytes = std::uint64_t{8} << 20;       ///< Of streamed parts, where the store lets choose.
  std::uint64_t hole_bytes_max = std::uint64_t{16} << 30;  ///< A published hole is zeros that are sent and stored.
  std::uint64_t chunk_bytes = std::uint64_t{64} << 10;
  std::uint32_t transfers_max = 8;  ///< Requests in flight for one content.
  std::uint32_t attempts_max = 64;  ///< Of a commit that loses races.
  /// A commit of which nothing has arrived for that long, no part that is sent or copied, begins no further attempt and
  /// sends nothing again: it ends with the requests that are under way.
  std::chrono::nanoseconds commit_timeout = std::chrono::minutes(10);
  /// Told of what nobody must miss: conflicts, outcomes that are unknown. One line each.
  std::function<void(std::string_view)> notice = [](std::string_view) {};
};

}  // namespace randomio::object
