#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>

#include <randomio/backends/local/node.hpp>

namespace randomio::local {

/// The nodes that somebody holds, by inode: two lookups of one file give the same node. Holds none alive.
///
/// Threads: safe; one lock per shard.
class node_table : public std::enable_shared_from_this<node_table> {
 public:
  /// The node of the file, made from `fd` unless there is one already; then `fd` is closed.
  std::shared_ptr<node> intern(descriptor fd, const file_status& status);

 private:
  friend class node;
  void forget(const node& gone) noexcept;

  struct hash {
    std::size_t operator()(const file_id& id) const noexcept {
      return (id.ino ^ id.device << 40) * 0x9e3779b97f4a7c15U;
    }
  };
  struct shard {
    std::mutex mutex;
    std::unordered_map<file_id, std::weak_ptr<node>, hash> nodes;
  };
  static constexpr std::size_t shard_count = 16;
  shard& shard_of(const file_id& id) noexcept { return shards_[(hash{}(id) >> 32) % shard_count]; }

  std::array<shard, shard_count> shards_;
};

}  // namespace randomio::local
