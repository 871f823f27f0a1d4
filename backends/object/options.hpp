#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <randomio/backends/object/editing.hpp>
#include <randomio/backends/object/limits.hpp>
#include <randomio/backends/object/metadata/dialect.hpp>
#include <randomio/core/io/attributes.hpp>

namespace randomio::object {

/// How a filesystem shows its objects and publishes its edits.
struct options {
  std::string name = {};  ///< Which bucket this is, for messages and for what is kept in `state_dir`.
  metadata::dialect dialect = metadata::usual;
  bool marks_types = false;        ///< Directories and symbolic links are marked: `metadata::mark_type`.
  ownership owner = {};            ///< Of objects that do not say.
  std::uint32_t file_mode = 0644;  ///< Likewise.
  std::uint32_t directory_mode = 0755;
  std::chrono::nanoseconds attr_ttl = std::chrono::seconds(1);  ///< How long what was seen counts as true.
  /// What the store honours, when that is known without asking it; else it is asked before the first change.
  std::optional<conditions> honoured = {};
  std::shared_ptr<memory_budget> memory = {};    ///< Empty: one of its own, 256 MiB.
  std::shared_ptr<spill_space> spill = {};       ///< Empty: nothing is spilled.
  std::string state_dir = {};                    ///< For the journal of directory renames; empty: none is kept.
  std::shared_ptr<upload_journal> journal = {};  ///< Of uploads in flight; empty: none is kept.
  conflict_policy on_conflict = conflict_policy::estale;
  bool unsafe_without_conditions = false;
  bool commit_ids = true;
  std::uint64_t hole_bytes_max = std::uint64_t{16} << 30;              ///< Of one hole: zeros that are sent and stored.
  std::chrono::nanoseconds commit_timeout = std::chrono::minutes(10);  ///< `editing::commit_timeout`.
  bool early_publish = true;                                           ///< `editing::early_publish`.
  cost_model cost = {};
  std::string host = "localhost";  ///< In the names of conflicting copies.
  std::uint32_t fan_out = 16;      ///< Requests at once, of what works on many objects.
  /// Told of what nobody must miss, one line each. Threads: any.
  std::function<void(std::string_view)> notice = [](std::string_view) {};
};

}  // namespace randomio::object
