#include <randomio/backends/object/questions.hpp>

#include <utility>

#include <randomio/backends/object/names.hpp>

namespace randomio::object {

questions::question::question(questions& among, std::string key) : among_(among) {
  const std::scoped_lock lock(among_.mutex_);
  place_ = among_.open_.emplace(std::move(key), this);
}

questions::question::~question() {
  const std::scoped_lock lock(among_.mutex_);
  among_.open_.erase(place_);
}

void questions::changed(std::string_view key) {
  const std::scoped_lock lock(mutex_);
  if (open_.empty()) return;
  const auto [first, last] = open_.equal_range(std::string(key));
  for (auto at = first; at != last; ++at) at->second->is_outdated_.store(true, std::memory_order_release);
}

void questions::changed_within(std::string_view directory) {
  const std::scoped_lock lock(mutex_);
  for (const auto& [key, one] : open_) {
    if (is_within(key, directory)) one->is_outdated_.store(true, std::memory_order_release);
  }
}

}  // namespace randomio::object
