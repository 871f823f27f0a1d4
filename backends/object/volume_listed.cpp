// What a listing of a directory teaches: which names are in it, which are not, and of which objects what is known is
// still true.
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <randomio/backends/object/names.hpp>
#include <randomio/backends/object/volume.hpp>

namespace randomio::object {

bool volume::marks_directory(const listed& one) {
  return !one.is_prefix && one.metadata && metadata::marks_directory(*one.metadata);
}

task<result<list_page>> volume::list_directory(std::string directory, list_request which, stop_token stop) {
  const bool is_start = which.start_after.empty() && which.continuation.empty();
  which.prefix = marker_of(directory);
  which.delimited = true;
  const auto asked = std::chrono::steady_clock::now();
  cache_.names().watch(directory, asked);
  auto page = co_await store_->list(which, stop);
  if (page) {
    learn(directory, *page, is_start && page->continuation.empty(), asked);
  } else {
    cache_.names().learn(directory, std::nullopt, asked);
  }
  co_return page;
}

void volume::learn(const std::string& directory, const list_page& page, bool is_whole, steady_time asked) {
  const auto prefix = marker_of(directory);
  std::unordered_set<std::string_view> directories;
  std::unordered_map<std::string_view, const listed*> objects;
  for (const auto& one : page.found) {
    const std::string_view key = one.key;
    if (key == prefix || is_hidden(key)) continue;
    if (one.is_prefix) {
      directories.insert(key.substr(0, key.size() - 1));
    } else {
      objects.emplace(key, &one);
    }
  }
  for (const auto key : directories) {
    const auto beside = objects.find(key);
    if (beside != objects.end() && marks_directory(*beside->second)) {
      learn_object(*beside->second, asked);
      continue;
    }
    cache_.put(std::string(key),
               {.what = finding::kind::directory, .known = {}, .shadows = beside != objects.end(), .searched = asked},
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
  for (const auto key : directories) names.emplace_back(key.substr(prefix.size()));
  for (const auto& [key, one] : objects) names.emplace_back(key.substr(prefix.size()));
  cache_.names().learn(directory, std::move(names), asked);
}

facts volume::facts_of(const listed& one) {
  facts known;
  known.object = description{
      .size = one.size, .current = one.current, .version_id = {}, .modified = one.modified, .tags = 0, .held = {}};
  known.object_key = one.key;
  if (one.metadata) {
    known.said = metadata::read(*one.metadata);
    known.object->held.metadata = *one.metadata;
    known.whole = known.listed = true;
  }
  return known;
}

void volume::learn_object(const listed& one, steady_time asked) {
  auto known = cache_.find(one.key, one.size, one.current, one.modified).value_or(facts_of(one));
  const bool is_directory = known.said.type == file_type::directory;
  if (const auto live = known.whole ? table_->find(one.key, is_directory) : nullptr) {
    bool is_same = false;
    if (known.listed) {
      const std::scoped_lock lock(live->mutex);
      is_same = live->known.whole && live->known.object && live->known.object->current == one.current;
      if (is_same) known = live->known;  // Of which more is known.
    }
    apply(*live, known, asked);
  }
  const auto what = is_directory ? finding::kind::directory : finding::kind::object;
  cache_.put(one.key, {.what = what, .known = std::move(known), .searched = asked}, asked);
}

}  // namespace randomio::object
