#include "tree_walk.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "file_status.hpp"
#include "local_error.hpp"

namespace randomio::local {

tree_walk::tree_walk(descriptor top, std::string start_after, std::uint64_t home_device)
    : top_(std::move(top)), home_device_(home_device), after_(start_after) {
  page_starts_.emplace_back(0, std::move(start_after));
}

/// True when nothing below `prefix` can come after the path to start after.
bool tree_walk::all_before_start(const std::string& prefix) const noexcept {
  return prefix < after_ && !after_.starts_with(prefix);
}

result<void> tree_walk::enter(descriptor directory, std::string prefix) {
  const auto status = file_status::of(directory.get(), operation::list);
  if (!status) return unexpected(status.error());
  level in;
  in.prefix = std::move(prefix);
  in.directory = std::make_unique<directory_stream>(std::move(directory), status->id().device, home_device_);
  auto names = in.directory->read(0, std::numeric_limits<std::size_t>::max());
  if (!names) return unexpected(std::move(names).error());
  for (auto& entry : *names) {
    if (entry.type == file_type::directory) in.items.push_back({entry.name + "/", entry});
    auto key = entry.name;
    in.items.push_back({std::move(key), std::move(entry)});
  }
  std::ranges::sort(in.items, {}, &item::key);
  levels_.push_back(std::move(in));
  return {};
}

/// One path further. Returns: false at the end.
result<bool> tree_walk::step(directory_entry* out) {
  while (!levels_.empty()) {
    level& in = levels_.back();
    if (in.next == in.items.size()) {
      levels_.pop_back();
      continue;
    }
    item& at = in.items[in.next++];
    auto path = in.prefix + at.key;
    if (at.key.ends_with('/')) {
      if (all_before_start(path)) continue;
      constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
      descriptor below(::openat(in.directory->fd(), at.entry.name.c_str(), flags));
      if (!below && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)) continue;  // Gone or replaced.
      if (!below) return unexpected(fail_errno(operation::list).error().with_key(path));
      if (auto entered = enter(std::move(below), std::move(path)); !entered) {
        return unexpected(std::move(entered).error());
      }
      continue;
    }
    if (path <= after_) continue;
    after_ = path;
    *out = std::move(at.entry);
    out->name = std::move(path);
    out->next = ++position_;
    return true;
  }
  return false;
}

result<void> tree_walk::go_to(std::uint64_t position) {
  if (started_ && position != 0 && position == position_) return {};
  const auto later = std::ranges::upper_bound(page_starts_, position, {}, [](const auto& s) { return s.first; });
  page_starts_.erase(later, page_starts_.end());
  position_ = page_starts_.back().first;
  after_ = page_starts_.back().second;
  levels_.clear();
  descriptor top(::openat(top_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!top) return fail_errno(operation::list);
  if (auto entered = enter(std::move(top), {}); !entered) return entered;
  started_ = true;
  directory_entry skipped;
  while (position_ < position) {
    const auto more = step(&skipped);
    if (!more) return unexpected(more.error());
    if (!*more) break;
  }
  return {};
}

result<tree_walk::page> tree_walk::read(std::uint64_t position, std::size_t limit) {
  const std::lock_guard turn(turn_);
  if (auto there = go_to(position); !there) return unexpected(std::move(there).error());
  if (position_ != page_starts_.back().first) page_starts_.emplace_back(position_, after_);
  page entries;
  while (entries.size() < limit) {
    directory_entry entry;
    const auto more = step(&entry);
    if (!more) return unexpected(more.error());
    if (!*more) break;
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace randomio::local
