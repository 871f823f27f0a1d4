#include "fs/file/open_table.hpp"

#include <utility>

#include <randomio/core/runtime/invariant.hpp>

namespace randomiofs {

template <class Open, class Owner>
open_table::kept<Open, Owner>::shard& open_table::kept<Open, Owner>::shard_of(const Open* open) noexcept {
  // They come from an allocator: the low bits of an address say little.
  const auto address = reinterpret_cast<std::uintptr_t>(open);
  return shards_[((address >> 4) ^ (address >> 12)) % shards_.size()];
}

template <class Open, class Owner>
Open& open_table::kept<Open, Owner>::keep(Owner open) {
  auto& shard = shard_of(open.get());
  const std::lock_guard lock(shard.mutex);
  const auto* key = open.get();
  return *shard.open.emplace(key, std::move(open)).first->second;
}

template <class Open, class Owner>
Owner open_table::kept<Open, Owner>::release(Open& open) {
  auto& shard = shard_of(&open);
  const std::lock_guard lock(shard.mutex);
  auto found = shard.open.extract(&open);
  randomio::detail::require(!found.empty(), "what is released was not open");
  return std::move(found.mapped());
}

template <class Open, class Owner>
std::vector<Owner> open_table::kept<Open, Owner>::release_all() {
  std::vector<Owner> all;
  for (auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (auto& [key, open] : shard.open) all.push_back(std::move(open));
    shard.open.clear();
  }
  return all;
}

template <class Open, class Owner>
std::size_t open_table::kept<Open, Owner>::size() const {
  std::size_t all = 0;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    all += shard.open.size();
  }
  return all;
}

template class open_table::kept<open_file, std::unique_ptr<open_file>>;
template class open_table::kept<open_directory, std::shared_ptr<open_directory>>;

}  // namespace randomiofs
