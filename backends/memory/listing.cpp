#include <randomio/backends/memory/listing.hpp>

#include <algorithm>

namespace randomio::memory {

ready_op<result<listing::page>> listing::read(std::uint64_t position, std::size_t limit) noexcept {
  return out_of_memory_is_error(operation::list, [&]() -> result<page> {
    return tree_ != nullptr ? names(position, limit) : descendants(position, limit);
  });
}

listing::page listing::names(std::uint64_t position, std::size_t limit) const {
  page entries;
  const shared_guard held(*tree_);
  const auto& all = directory_->entries().by_cookie();
  for (auto at = all.upper_bound(position); at != all.end() && entries.size() < limit; ++at) {
    const auto& [name, slot] = *at->second;
    entries.push_back({name, slot.node->ino(), slot.node->type(), at->first, slot.node->describe()});
  }
  return entries;
}

listing::page listing::descendants(std::uint64_t position, std::size_t limit) const {
  page entries;
  for (auto at = position; at < all_.size() && entries.size() < limit; ++at) {
    const auto& [path, seen] = all_[static_cast<std::size_t>(at)];
    const auto found = seen.lock();
    if (found == nullptr) continue;
    const auto attrs = found->describe();
    if (attrs.nlink == 0) continue;
    entries.push_back({path, attrs.ino, attrs.type, at + 1, attrs});
  }
  return entries;
}

std::vector<listing::descendant> listing::below(node& top, std::string_view start_after) {
  std::vector<descendant> all;
  std::vector<std::pair<std::string, node*>> open{{std::string(), &top}};
  while (!open.empty()) {
    const auto [prefix, directory] = std::move(open.back());
    open.pop_back();
    for (const auto& [name, slot] : directory->entries().by_name()) {
      auto path = prefix + name;
      if (slot.node->is_directory()) open.emplace_back(path + "/", slot.node.get());
      if (path > start_after) all.push_back({std::move(path), slot.node});
    }
  }
  std::ranges::sort(all, {}, &descendant::path);
  return all;
}

}  // namespace randomio::memory
