#include "fs/file/open_directory.hpp"

#include <algorithm>
#include <utility>

namespace randomiofs {

using randomio::result;
using randomio::task;
using randomio::unexpected;

namespace {

constexpr std::size_t page_entries = 512;
constexpr std::uint64_t dots = 2;
// A node does not know its parent, and readdir(3) skips entries whose number is 0.
constexpr std::uint64_t unknown_ino = 0xffffffff;

}  // namespace

open_directory::open_directory(inode& node, std::uint64_t ino, std::optional<randomio::dyn_listing> listing)
    : node_(node), ino_(ino), listing_(std::move(listing)) {
  if (node.mount == nullptr) return;
  for (const auto& [name, child] : node.mount->children) mounts_.push_back(child.get());
}

open_directory::item open_directory::item_of(const randomio::directory_entry& listed) const {
  return {.name = listed.name,
          .ino = listed.ino ^ node_.store->ino_base,
          .type = listed.type,
          .type_known = listed.type_known,
          .hidden = node_.mount != nullptr && node_.mount->children.contains(listed.name)};
}

std::optional<open_directory::item> open_directory::fixed_item(std::uint64_t index) const {
  if (index == 0) return item{.name = ".", .ino = ino_, .special = true};
  if (index == 1) return item{.name = "..", .ino = unknown_ino, .special = true};
  const auto* point = mounts_[index - dots];
  return item{.name = point->name, .ino = point->synthetic.ino, .mount = point};
}

std::optional<open_directory::item> open_directory::cached_item(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  if (number < page_start_ || number - page_start_ >= page_.size()) return std::nullopt;
  return item_of(page_[number - page_start_]);
}

task<result<std::optional<open_directory::item>>> open_directory::at(std::uint64_t index, randomio::stop_token stop) {
  using found = result<std::optional<item>>;
  if (index < dots + mounts_.size()) {
    if (index == 0) {  // rewinddir(3): forget what was listed, but not where entries were: seekdir(3) may come back.
      const std::lock_guard lock(mutex_);
      page_.clear();
    }
    co_return found(fixed_item(index));
  }
  if (!listing_) co_return found(std::nullopt);
  const auto number = index - dots - mounts_.size();
  if (auto cached = cached_item(number)) co_return found(std::move(cached));

  std::uint64_t position = 0;
  {
    const std::lock_guard lock(mutex_);
    if (number >= positions_.size()) co_return found(std::nullopt);  // Nothing was ever given at this offset.
    position = positions_[number];
  }
  auto fetched = co_await listing_->read(position, page_entries, stop);
  if (!fetched) co_return unexpected(std::move(fetched).error());
  if (fetched->empty()) co_return found(std::nullopt);
  auto first = item_of(fetched->front());
  const std::lock_guard lock(mutex_);
  // Positions past this page stay: a reader that went back by seekdir(3) may go forward by it again.
  positions_.resize(std::max(positions_.size(), number + 1 + fetched->size()));
  for (std::size_t i = 0; i < fetched->size(); ++i) positions_[number + 1 + i] = (*fetched)[i].next;
  page_start_ = number;
  page_ = std::move(*fetched);
  co_return found(std::move(first));
}

}  // namespace randomiofs
