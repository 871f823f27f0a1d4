#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <randomio/backends/object/known_names.hpp>
#include <randomio/backends/object/node.hpp>
#include <randomio/backends/object/questions.hpp>

namespace randomio::object {

/// What was found at a path.
struct finding {
  enum class kind : std::uint8_t { missing, object, directory };
  kind what = kind::missing;
  facts known;
  bool shadows = false;  ///< A directory whose name an object has too.
  /// When it was asked for both, an object and a directory; later on the one that was found is asked for alone.
  steady_time searched = {};
  steady_time asked = {};  ///< When the store was asked for it.
};

/// What was seen in the store lately, by path, also that there was nothing. Bounded: the oldest go first.
///
/// What is put carries the moment at which it was asked for: what was invalidated since stays invalid.
/// Threads: safe; sharded.
class attribute_cache {
 public:
  static constexpr std::size_t entries_max = 65'536;

  explicit attribute_cache(std::chrono::nanoseconds ttl) : ttl_(ttl), names_(ttl) {}

  /// What is younger than the ttl; also that there is nothing, when a listing of the directory has shown so.
  [[nodiscard]] std::optional<finding> find(std::string_view key) const;
  /// What was seen last, whatever its age: to know what to ask for.
  [[nodiscard]] std::optional<finding> seen(std::string_view key) const;
  /// Whatever its age, when it is of exactly this object, and old enough for the store's clock to tell versions apart.
  [[nodiscard]] std::optional<facts> find(std::string_view key, std::uint64_t size, const version& current,
                                          timestamp modified) const;
  void put(const std::string& key, finding what, steady_time asked);
  void invalidate(std::string_view key);
  /// Remembers that there is nothing, since a removal that began at `asked`, unless something changed since then.
  void removed(const std::string& key, steady_time asked);
  /// All at or below a directory.
  void invalidate_within(std::string_view directory);
  [[nodiscard]] known_names& names() noexcept { return names_; }
  [[nodiscard]] questions& asked() noexcept { return asked_; }

 private:
  struct entry {
    finding what;
    steady_time asked;
    bool settled = false;  ///< Was more than two seconds old when it was asked for.
    std::list<std::string>::iterator age;
  };
  struct shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, entry> entries;
    std::list<std::string> ages;  ///< The oldest first.
    steady_time invalidated = {};
  };
  [[nodiscard]] shard& shard_of(std::string_view key) const;
  void store(shard& in, const std::string& key, finding what, steady_time asked, bool settled);

  const std::chrono::nanoseconds ttl_;
  mutable std::array<shard, 16> shards_;
  known_names names_;
  questions asked_;
};

}  // namespace randomio::object
