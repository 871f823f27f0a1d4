#include <randomio/backends/object/attribute_cache.hpp>

#include <functional>

#include <randomio/backends/object/names.hpp>

namespace randomio::object {

namespace {

/// Two publications within one second may show the same tag and the same time. A margin for the clocks.
constexpr std::int64_t settling_seconds = 2;

bool is_settled(const finding& what) {
  if (!what.known.object) return false;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count() >
         what.known.object->modified.seconds + settling_seconds;
}

}  // namespace

attribute_cache::shard& attribute_cache::shard_of(std::string_view key) const {
  return shards_[std::hash<std::string_view>{}(key) % shards_.size()];
}

std::optional<finding> attribute_cache::find(std::string_view key) const {
  {
    auto& in = shard_of(key);
    const std::scoped_lock lock(in.mutex);
    const auto at = in.entries.find(std::string(key));
    const bool is_fresh = at != in.entries.end() && std::chrono::steady_clock::now() - at->second.asked < ttl_;
    if (is_fresh) return at->second.what;
  }
  if (names_.lack(key)) return finding();
  return std::nullopt;
}

std::optional<finding> attribute_cache::seen(std::string_view key) const {
  auto& in = shard_of(key);
  const std::scoped_lock lock(in.mutex);
  const auto at = in.entries.find(std::string(key));
  if (at == in.entries.end()) return std::nullopt;
  return at->second.what;
}

std::optional<facts> attribute_cache::find(std::string_view key, std::uint64_t size, const version& current,
                                           timestamp modified) const {
  auto& in = shard_of(key);
  const std::scoped_lock lock(in.mutex);
  const auto at = in.entries.find(std::string(key));
  if (at == in.entries.end() || !at->second.settled) return std::nullopt;
  const auto& known = at->second.what.known;
  if (!known.whole || !known.object || known.object->size != size || known.object->current != current ||
      known.object->modified != modified) {
    return std::nullopt;
  }
  return known;
}

void attribute_cache::put(const std::string& key, finding what, steady_time asked) {
  auto& in = shard_of(key);
  const bool settled = is_settled(what);
  what.asked = asked;
  const std::scoped_lock lock(in.mutex);
  if (asked <= in.invalidated) return;
  store(in, key, std::move(what), asked, settled);
}

void attribute_cache::store(shard& in, const std::string& key, finding what, steady_time asked, bool settled) {
  if (const auto at = in.entries.find(key); at != in.entries.end()) {
    if (at->second.asked > asked) return;
    in.ages.splice(in.ages.end(), in.ages, at->second.age);
    at->second.what = std::move(what);
    at->second.asked = asked;
    at->second.settled = settled;
    return;
  }
  if (in.entries.size() >= entries_max / shards_.size()) {
    in.entries.erase(in.ages.front());
    in.ages.pop_front();
  }
  in.ages.push_back(key);
  in.entries.emplace(
      key, entry{.what = std::move(what), .asked = asked, .settled = settled, .age = std::prev(in.ages.end())});
}

void attribute_cache::removed(const std::string& key, steady_time asked) {
  names_.changed(key);
  asked_.changed(key);
  auto& in = shard_of(key);
  const std::scoped_lock lock(in.mutex);
  const bool is_last = asked > in.invalidated;
  in.invalidated = std::chrono::steady_clock::now();
  if (const auto at = in.entries.find(key); at != in.entries.end()) {
    in.ages.erase(at->second.age);
    in.entries.erase(at);
  }
  if (is_last) store(in, key, {.known = {}, .asked = asked}, asked, false);
}

void attribute_cache::invalidate(std::string_view key) {
  names_.changed(key);
  asked_.changed(key);
  auto& in = shard_of(key);
  const std::scoped_lock lock(in.mutex);
  in.invalidated = std::chrono::steady_clock::now();
  if (const auto at = in.entries.find(std::string(key)); at != in.entries.end()) {
    in.ages.erase(at->second.age);
    in.entries.erase(at);
  }
}

void attribute_cache::invalidate_within(std::string_view directory) {
  names_.changed_within(directory);
  asked_.changed_within(directory);
  for (auto& in : shards_) {
    const std::scoped_lock lock(in.mutex);
    in.invalidated = std::chrono::steady_clock::now();
    for (auto at = in.entries.begin(); at != in.entries.end();) {
      if (is_within(at->first, directory)) {
        in.ages.erase(at->second.age);
        at = in.entries.erase(at);
      } else {
        ++at;
      }
    }
  }
}

}  // namespace randomio::object
