#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <randomio/backends/local/directory_stream.hpp>

namespace randomio::local {

/// Everything below a directory: paths in byte order, directories included, symbolic links not followed. Holds
/// the names of one directory per level, never the whole tree. A position counts paths; going back to a page's
/// start looks its path up again, so what others add or remove in between does not shift it.
class tree_walk final : public name_stream {
 public:
  /// Lists paths after `start_after` only. `home_device`: of the root.
  tree_walk(descriptor top, std::string start_after, std::uint64_t home_device);

  result<page> read(std::uint64_t position, std::size_t limit) override;

 private:
  struct item {
    std::string key;  ///< A name; or a directory's name and `/`, for what is in it.
    directory_entry entry;
  };
  struct level {
    std::string prefix;
    std::unique_ptr<directory_stream> directory;
    std::vector<item> items;
    std::size_t next = 0;
  };

  result<void> go_to(std::uint64_t position);
  result<void> enter(descriptor directory, std::string prefix);
  result<bool> step(directory_entry* out);
  [[nodiscard]] bool all_before_start(const std::string& prefix) const noexcept;

  descriptor top_;
  std::uint64_t home_device_;
  std::mutex turn_;
  bool started_ = false;
  std::vector<level> levels_;
  std::uint64_t position_ = 0;
  std::string after_;                                               ///< The last path before `position_`.
  std::vector<std::pair<std::uint64_t, std::string>> page_starts_;  ///< Positions and the paths before them.
};

}  // namespace randomio::local
