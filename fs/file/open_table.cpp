#include "fs/file/open_table.hpp"

#include <utility>

#include <randomio/core/runtime/invariant.hpp>

namespace randomiofs {

template <class Open>
open_table::kept<Open>::shard& open_table::kept<Open>::shard_of(const Open* open) noexcept {
  // They come from an allocator: the low bits of an address say little.
  const auto address = reinterpret_cast<std::uintptr_t>(open);
  return shards_[((address >> 4) ^ (address >> 12)) % shards_.size()];
}

template <class Open>
Open& open_table::kept<Open>::keep(std::unique_ptr<Open> open) {
  auto& shard = shard_of(open.get());
  const std::lock_guard lock(shard.mutex);
  const auto* key = open.get();
  return *shard.open.emplace(key, std::move(open)).first->second;
}

template <class Open>
std::unique_ptr<Open> open_table::kept<Open>::release(Open& open) {
  auto& shard = shard_of(&open);
  const std::lock_guard lock(shard.mutex);
  auto found = shard.open.extract(&open);
  randomio::detail::require(!found.empty(), "what is released was not open");
  return std::move(found.mapped());
}

template <class Open>
std::vector<std::unique_ptr<Open>> open_table::kept<Open>::release_all() {
  std::vector<std::unique_ptr<Open>> all;
  for (auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (auto& [key, open] : shard.open) all.push_back(std::move(open));
    shard.open.clear();
  }
  return all;
}

template <class Open>
std::size_t open_table::kept<Open>::size() const {
  std::size_t all = 0;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    all += shard.open.size();
  }
  return all;
}

template class open_table::kept<open_file>;
template class open_table::kept<open_directory>;

}  // namespace randomiofs
