#include <randomio/backends/object/known_names.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

#include <randomio/backends/object/names.hpp>

namespace randomio::object {

namespace {

constexpr unsigned lookups_min = 4;  // In one directory within the ttl, before it is listed.
constexpr int large_for_ttls = 64;   // How long a directory of more than one page is not tried again.
constexpr auto lag = std::chrono::seconds(2);
constexpr std::size_t changes_max = 4096;  // Of one directory; with more its listing is worth nothing.

}  // namespace

bool known_names::lack(std::string_view key) const {
  const std::scoped_lock lock(mutex_);
  const auto at = records_.find(std::string(parent_of(key)));
  if (at == records_.end()) return false;
  const auto& known = at->second;
  if (known.asked == steady_time{} || std::chrono::steady_clock::now() - known.asked >= ttl_) return false;
  const std::string name(last_segment(key));
  return !known.names.contains(name) && !known.changes.contains(name);
}

known_names::record& known_names::use(std::string_view directory, steady_time now) {
  auto [at, is_new] = records_.try_emplace(std::string(directory));
  if (!is_new) {
    ages_.splice(ages_.end(), ages_, at->second.age);
    return at->second;
  }
  at->second.watched = now;
  at->second.age = ages_.insert(ages_.end(), at->first);
  if (records_.size() > directories_max) drop(records_.find(ages_.front()));
  return at->second;
}

void known_names::drop(records::iterator which) {
  names_ -= which->second.names.size();
  ages_.erase(which->second.age);
  records_.erase(which);
}

bool known_names::is_worth_listing(std::string_view directory) {
  if (ttl_ <= std::chrono::nanoseconds(0)) return false;
  const auto now = std::chrono::steady_clock::now();
  const std::scoped_lock lock(mutex_);
  auto& of = use(directory, now);
  if (now < of.not_before) return false;
  if (now - of.counting >= ttl_) {
    of.counting = now;
    of.lookups = 0;
  }
  if (++of.lookups < lookups_min) return false;
  of.lookups = 0;
  of.not_before = now + ttl_;
  return true;
}

void known_names::watch(std::string_view directory, steady_time asked) {
  const std::scoped_lock lock(mutex_);
  use(directory, asked);
}

void known_names::learn(std::string_view directory, std::optional<std::vector<std::string>> names, steady_time asked) {
  const std::scoped_lock lock(mutex_);
  const auto at = records_.find(std::string(directory));
  if (at == records_.end() || asked < at->second.watched || asked <= at->second.asked) return;
  auto& of = at->second;
  if (!names) {
    of.not_before = asked + large_for_ttls * ttl_;
    return;
  }
  of.asked = asked;
  of.not_before = {};
  // A change that was over before the listing was asked for is in it, or soon will be: some services list behind
  // their writes.
  std::erase_if(of.changes, [&](const auto& one) { return one.second + lag < asked; });
  names_ -= of.names.size();
  of.names = texts(std::make_move_iterator(names->begin()), std::make_move_iterator(names->end()));
  names_ += of.names.size();
  ages_.splice(ages_.end(), ages_, of.age);
  while (names_ > names_max && records_.size() > 1) drop(records_.find(ages_.front()));
}

void known_names::changed(std::string_view key) {
  const auto now = std::chrono::steady_clock::now();
  const std::scoped_lock lock(mutex_);
  if (records_.empty()) return;
  for (auto below = key; !below.empty(); below = parent_of(below)) {
    const auto at = records_.find(std::string(parent_of(below)));
    if (at == records_.end()) continue;
    at->second.changes.insert_or_assign(std::string(last_segment(below)), now);
    if (at->second.changes.size() > changes_max) drop(at);
  }
}

void known_names::changed_within(std::string_view directory) {
  changed(directory);
  const std::scoped_lock lock(mutex_);
  for (auto at = records_.begin(); at != records_.end();) {
    const auto next = std::next(at);
    if (is_within(at->first, directory)) drop(at);
    at = next;
  }
}

}  // namespace randomio::object
