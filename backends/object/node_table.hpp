#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <randomio/backends/object/node.hpp>

namespace randomio::object {

/// One node for one file, for as long as anybody holds it, and one inode number for one node.
///
/// Threads: safe; sharded.
class node_table : public std::enable_shared_from_this<node_table> {
 public:
  static constexpr std::uint64_t root_number = 1;

  /// The live node of this kind and key, or null.
  [[nodiscard]] std::shared_ptr<node> find(std::string_view key, bool is_directory) const;
  /// The live node, or a new one. Returns: whether it is new.
  [[nodiscard]] std::pair<std::shared_ptr<node>, bool> get(std::string_view key, file_type type);
  /// The number that the live node has, or a new one would get.
  [[nodiscard]] std::uint64_t number_for(std::string_view key, bool is_directory) const;
  /// Gives a node another key, which nobody else has any more.
  void move(node& which, std::string key);
  /// Its name is gone: the key may get another node.
  void detach(node& which);
  /// All live nodes at or below a directory, the directory first, then by key.
  [[nodiscard]] std::vector<std::shared_ptr<node>> within(std::string_view directory) const;

 private:
  friend class node;
  struct shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, std::pair<std::weak_ptr<node>, const node*>> nodes;
  };

  [[nodiscard]] shard& shard_of(std::string_view identity) const;
  [[nodiscard]] std::uint64_t take_number(std::string_view identity);
  void forget(const node& which, const std::string& identity);

  mutable std::array<shard, 16> shards_;
  mutable std::mutex numbers_mutex_;
  std::unordered_set<std::uint64_t> numbers_;  // Of all nodes that live, also of those without a name.
};

}  // namespace randomio::object
