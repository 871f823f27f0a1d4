// What a listing of a directory teaches: which names are in it, which are not, and of which objects what is known is
// still true.
#include <unordered_set>
#include <utility>
#include <vector>

#include <randomio/backends/object/names.hpp>
#include <randomio/backends/object/volume.hpp>

namespace randomio::object {

task<result<list_page>> volume::list_directory(std::string directory, list_request which) {
  const bool is_start = which.start_after.empty() && which.continuation.empty();
  which.prefix = marker_of(directory);
  which.delimited = true;
  const auto asked = std::chrono::steady_clock::now();
  cache_.names().watch(directory, asked);
  auto page = co_await store_->list(which);
  if (page) {
    learn(directory, *page, is_start && page->continuation.empty(), asked);
  } else {
    cache_.names().learn(directory, std::nullopt, asked);
  }
  co_return page;
}

void volume::learn(const std::string& directory, const list_page& page, bool is_whole, steady_time asked) {
  const auto prefix = marker_of(directory);
  std::unordered_set<std::string_view> directories, objects;
  for (const auto& one : page.found) {
    const std::string_view key = one.key;
    if (key == prefix || is_hidden(key)) continue;
    if (one.is_prefix) {
      directories.insert(key.substr(0, key.size() - 1));
    } else {
      objects.insert(key);
    }
  }
  for (const auto key : directories) {
    const std::string name(key);
    cache_.put(name,
               {.what = finding::kind::directory, .known = {}, .shadows = objects.contains(key), .searched = asked},
               asked);
  }
  const auto last = page.found.empty() ? std::string() : page.found.back().key;
  for (const auto& one : page.found) {
    if (!objects.contains(one.key) || directories.contains(one.key)) continue;
    // Only keys that the page's last one starts with may have their directory on a later page.
    if (is_whole || !last.starts_with(one.key)) learn_object(one, asked);
  }
  if (!is_whole) return cache_.names().learn(directory, std::nullopt, asked);
  std::vector<std::string> names;
  names.reserve(directories.size() + objects.size());
  for (const auto& keys : {directories, objects}) {
    for (const auto key : keys) names.emplace_back(key.substr(prefix.size()));
  }
  cache_.names().learn(directory, std::move(names), asked);
}

void volume::learn_object(const listed& one, steady_time asked) {
  auto known = cache_.find(one.key, one.size, one.current, one.modified);
  if (known) {
    if (const auto live = table_->find(one.key, false)) apply(*live, *known, asked);
  } else {
    known.emplace();
    known->object = description{
        .size = one.size, .current = one.current, .version_id = {}, .modified = one.modified, .tags = 0, .held = {}};
    known->object_key = one.key;
  }
  cache_.put(one.key, {.what = finding::kind::object, .known = std::move(*known), .searched = asked}, asked);
}

}  // namespace randomio::object
