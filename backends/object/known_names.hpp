#pragma once

#include <chrono>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <randomio/backends/object/node.hpp>

namespace randomio::object {

/// The names in directories that were listed whole lately: what is not among them is not asked for. Bounded: the
/// directory that was used longest ago goes first.
///
/// A listing says what there was when it was asked for; of names that changed here since then nothing is known.
/// Threads: safe.
class known_names {
 public:
  static constexpr std::size_t directories_max = 1024;
  static constexpr std::size_t names_max = 65'536;  ///< Of all directories.

  explicit known_names(std::chrono::nanoseconds ttl) : ttl_(ttl) {}

  /// Whether a listing younger than the ttl shows that there is neither an object nor a directory of this key.
  [[nodiscard]] bool lack(std::string_view key) const;

  /// Counts a lookup that had to ask. Returns: whether so many of them were in one directory within the ttl that
  /// listing it whole is cheaper; then it is to be listed, once.
  [[nodiscard]] bool is_worth_listing(std::string_view directory);
  /// To be called before a directory is listed, so that changes from here on are remembered.
  void watch(std::string_view directory, steady_time asked);
  /// What a listing showed; nothing, when it failed or was not whole.
  void learn(std::string_view directory, std::optional<std::vector<std::string>> names, steady_time asked);

  /// To be called after a change of a key, also of one that implies directories above it.
  void changed(std::string_view key);
  /// As `changed`, with all below.
  void changed_within(std::string_view directory);

 private:
  using texts = std::unordered_set<std::string>;
  struct record {
    texts names;
    std::unordered_map<std::string, steady_time> changes;  ///< Of names, since the listing.
    steady_time asked = {};                                ///< Of the names.
    steady_time watched = {};                              ///< Changes before are not remembered.
    steady_time counting = {};
    unsigned lookups = 0;         ///< Since `counting`.
    steady_time not_before = {};  ///< It is too large to be listed by a lookup, or is being listed.
    std::list<std::string>::iterator age;
  };
  using records = std::unordered_map<std::string, record>;

  record& use(std::string_view directory, steady_time now);
  void drop(records::iterator which);

  const std::chrono::nanoseconds ttl_;
  mutable std::mutex mutex_;  ///< Of what follows.
  records records_;
  std::list<std::string> ages_;  ///< The one used longest ago first.
  std::size_t names_ = 0;        ///< Of all records.
};

}  // namespace randomio::object
