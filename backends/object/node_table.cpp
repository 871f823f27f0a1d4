#include <randomio/backends/object/node_table.hpp>

#include <algorithm>
#include <functional>

#include <randomio/backends/object/names.hpp>

namespace randomio::object {

std::string identity_of(std::string_view key, bool is_directory) {
  return is_directory ? std::string(key) + '/' : std::string(key);
}

node::~node() {
  table_->forget(*this, identity_of(key_, is_directory()));
}

bool node::is_local_truth() const {
  std::shared_ptr<content> held;
  {
    const std::scoped_lock lock(mutex);
    if (is_pending) return true;
    if (open) held = open->bytes;
  }
  return held != nullptr && held->dirty();
}

node_table::shard& node_table::shard_of(std::string_view identity) const {
  return shards_[std::hash<std::string_view>{}(identity) % shards_.size()];
}

std::uint64_t node_table::take_number(std::string_view identity) {
  const std::scoped_lock lock(numbers_mutex_);
  if (identity == "/") {
    numbers_.insert(root_number);
    return root_number;
  }
  for (std::uint64_t again = 0;; ++again) {
    const auto number = number_of(identity, again);
    if (numbers_.insert(number).second) return number;
  }
}

std::shared_ptr<node> node_table::find(std::string_view key, bool is_directory) const {
  const auto identity = identity_of(key, is_directory);
  auto& in = shard_of(identity);
  const std::scoped_lock lock(in.mutex);
  const auto at = in.nodes.find(identity);
  return at == in.nodes.end() ? nullptr : at->second.first.lock();
}

std::pair<std::shared_ptr<node>, bool> node_table::get(std::string_view key, file_type type) {
  const auto identity = identity_of(key, type == file_type::directory);
  auto& in = shard_of(identity);
  std::shared_ptr<node> other;  // Its destructor wants this lock too.
  const std::scoped_lock lock(in.mutex);
  auto& slot = in.nodes[identity];
  other = slot.first.lock();
  if (other && other->type == type) return {std::move(other), false};
  // A file that became a symbolic link is another file.
  auto made = std::make_shared<node>(shared_from_this(), std::string(key), type, take_number(identity));
  slot = {made, made.get()};
  return {std::move(made), true};
}

std::uint64_t node_table::number_for(std::string_view key, bool is_directory) const {
  if (const auto live = find(key, is_directory)) return live->ino;
  const auto identity = identity_of(key, is_directory);
  const std::scoped_lock lock(numbers_mutex_);
  for (std::uint64_t again = 0;; ++again) {
    const auto number = number_of(identity, again);
    if (!numbers_.contains(number)) return number;
  }
}

void node_table::move(node& which, std::string key) {
  detach(which);
  const auto identity = identity_of(key, which.is_directory());
  {
    const std::scoped_lock lock(which.mutex);
    which.key_ = std::move(key);
    which.is_removed = false;
  }
  auto& in = shard_of(identity);
  const auto self = which.shared_from_this();
  const std::scoped_lock lock(in.mutex);
  in.nodes[identity] = {self, self.get()};
}

void node_table::detach(node& which) {
  std::string identity;
  {
    const std::scoped_lock lock(which.mutex);
    identity = identity_of(which.key_, which.is_directory());
  }
  auto& in = shard_of(identity);
  const std::scoped_lock lock(in.mutex);
  const auto at = in.nodes.find(identity);
  if (at != in.nodes.end() && at->second.second == &which) in.nodes.erase(at);
}

void node_table::forget(const node& which, const std::string& identity) {
  {
    auto& in = shard_of(identity);
    const std::scoped_lock lock(in.mutex);
    const auto at = in.nodes.find(identity);
    if (at != in.nodes.end() && at->second.second == &which) in.nodes.erase(at);
  }
  const std::scoped_lock lock(numbers_mutex_);
  numbers_.erase(which.ino);
}

std::vector<std::shared_ptr<node>> node_table::within(std::string_view directory) const {
  std::vector<std::shared_ptr<node>> all, found;
  for (auto& in : shards_) {
    const std::scoped_lock lock(in.mutex);
    for (const auto& [identity, slot] : in.nodes) {
      if (!is_within(identity, directory)) continue;
      if (auto live = slot.first.lock()) all.push_back(std::move(live));
    }
  }
  for (auto& one : all) {
    if (one->is_directory() || one->key() != directory) found.push_back(one);
  }
  std::ranges::sort(found, {}, [](const std::shared_ptr<node>& n) { return n->key(); });
  return found;
}

}  // namespace randomio::object
