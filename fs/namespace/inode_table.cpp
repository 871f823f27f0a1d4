#include "fs/namespace/inode_table.hpp"

#include <utility>

#include <randomio/core/runtime/invariant.hpp>

namespace randomiofs {

inode_table::shard& inode_table::shard_of(const randomio::dyn_node* node) noexcept {
  // Nodes come from an allocator: the low bits of an address say little.
  const auto address = reinterpret_cast<std::uintptr_t>(node);
  return shards_[((address >> 4) ^ (address >> 12)) % shards_.size()];
}

inode& inode_table::remember(mounted_backend& store, std::shared_ptr<randomio::dyn_node> node, std::uint64_t ino) {
  auto& shard = shard_of(node.get());
  const std::lock_guard lock(shard.mutex);
  auto& slot = shard.inodes[node.get()];
  if (slot == nullptr) {
    slot = std::make_unique<inode>();
    slot->node = std::move(node);
    slot->store = &store;
    slot->ino = ino;
  }
  ++slot->lookups;
  return *slot;
}

void inode_table::hold(inode& known) noexcept {
  if (known.mount != nullptr) return;
  const std::lock_guard lock(shard_of(known.node.get()).mutex);
  ++known.lookups;
}

void inode_table::forget(inode& known, std::uint64_t lookups) noexcept {
  if (known.mount != nullptr) return;
  std::unique_ptr<inode> last;  // Freed after the lock: letting go of a node may close a file.
  {
    auto& shard = shard_of(known.node.get());
    const std::lock_guard lock(shard.mutex);
    randomio::detail::require(known.lookups >= lookups, "the kernel forgets an inode more often than it found it");
    known.lookups -= lookups;
    if (known.lookups != 0) return;
    const auto found = shard.inodes.find(known.node.get());
    last = std::move(found->second);
    shard.inodes.erase(found);
  }
}

std::size_t inode_table::size() const {
  std::size_t all = 0;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    all += shard.inodes.size();
  }
  return all;
}

}  // namespace randomiofs
