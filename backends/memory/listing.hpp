#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <randomio/backends/memory/node.hpp>
#include <randomio/core/io/filesystem.hpp>

namespace randomio::memory {

/// The names in a directory, in the order in which they were linked; or, `recursive`, the paths of all that
/// was below it when the listing was opened and still exists, in byte order.
///
/// Threads: concurrent calls are safe.
class listing {
 public:
  using page = std::vector<directory_entry>;
  /// Something below a directory, seen when the listing was opened.
  struct descendant {
    std::string path;
    std::weak_ptr<node> seen;
  };

  listing(shared_mutex& tree, std::shared_ptr<node> directory) noexcept
      : tree_(&tree), directory_(std::move(directory)) {}
  explicit listing(std::vector<descendant> all) noexcept : all_(std::move(all)) {}

  [[nodiscard]] ready_op<result<page>> read(std::uint64_t position, std::size_t limit) noexcept;

  /// What `recursive` lists. Requires: the tree lock.
  [[nodiscard]] static std::vector<descendant> below(node& top, std::string_view start_after);

 private:
  [[nodiscard]] page names(std::uint64_t position, std::size_t limit) const;
  [[nodiscard]] page descendants(std::uint64_t position, std::size_t limit) const;

  shared_mutex* tree_ = nullptr;  // The filesystem's; null when recursive.
  std::shared_ptr<node> directory_;
  std::vector<descendant> all_;
};

static_assert(randomio::listing<listing>);

}  // namespace randomio::memory
