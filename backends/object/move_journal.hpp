#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace randomio::object {

/// Directory renames that were begun and not finished, as files in a directory of this host: so that the next mount
/// can finish what a killed one left. Blocks: for a thread of the pool.
class move_journal {
 public:
  struct move {
    std::string from, to;
    std::string file;  ///< Of the record.
  };

  /// `store` tells the buckets apart that share the directory. An empty directory keeps no journal.
  move_journal(std::string directory, std::string_view store);

  /// Returns: the record's file, once it is on disk; empty when none is kept, or it cannot be written.
  [[nodiscard]] std::string begin(std::string_view from, std::string_view to) const;
  static void end(const std::string& file) noexcept;
  /// What programs that run no more left unfinished.
  [[nodiscard]] std::vector<move> left_over() const;

 private:
  std::string directory_;
  std::string prefix_;  ///< Of the names of this store's records.
  std::string store_;
};

}  // namespace randomio::object
