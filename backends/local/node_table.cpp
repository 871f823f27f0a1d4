#include "node_table.hpp"

namespace randomio::local {

std::shared_ptr<node> node_table::intern(descriptor fd, const file_status& status) {
  const auto id = status.id();
  auto& shard = shard_of(id);
  const std::lock_guard lock(shard.mutex);
  auto& slot = shard.nodes[id];
  if (auto held = slot.lock()) return held;
  auto made = std::make_shared<node>(std::move(fd), id, status.type(), shared_from_this());
  slot = made;
  return made;
}

void node_table::forget(const node& gone) noexcept {
  auto& shard = shard_of(gone.id());
  const std::lock_guard lock(shard.mutex);
  const auto at = shard.nodes.find(gone.id());
  // A lookup may have found the slot expired and filled it anew before this node's destructor got here.
  if (at != shard.nodes.end() && at->second.expired()) shard.nodes.erase(at);
}

node::~node() {
  table_->forget(*this);
}

}  // namespace randomio::local
