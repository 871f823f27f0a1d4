#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "fs/namespace/inode.hpp"

namespace randomiofs {

/// The inodes that the kernel holds references to, one for each node. A request that names an inode holds a
/// reference itself, so an inode found through one cannot go away while the request runs.
///
/// Threads: safe; sharded by node.
class inode_table {
 public:
  /// The inode of a node, made when it is new, with one more lookup counted.
  inode& remember(mounted_backend& store, std::shared_ptr<randomio::dyn_node> node, std::uint64_t ino = 0);
  /// Counts one more reference to an inode that cannot go away meanwhile.
  void hold(inode& known) noexcept;
  /// Takes back `lookups` references; the last one frees the inode and lets go of its node.
  void forget(inode& known, std::uint64_t lookups) noexcept;
  [[nodiscard]] std::size_t size() const;

 private:
  struct shard {
    mutable std::mutex mutex;
    std::unordered_map<const randomio::dyn_node*, std::unique_ptr<inode>> inodes;
  };

  [[nodiscard]] shard& shard_of(const randomio::dyn_node* node) noexcept;

  std::array<shard, 64> shards_;
};

}  // namespace randomiofs
