#pragma once

#include <span>
#include <string_view>

#include <randomio/backends/local/tree.hpp>
#include <randomio/core/io/conditional.hpp>

namespace randomio::local {

/// Whole values by key in a tree, replaced under a condition: the blocking calls of `conditional_store`. A key
/// is a path below the root; its directories are made as needed.
///
/// A put writes a new file beside the old one, syncs it, renames it over the old one and syncs the directory:
/// what was acknowledged is there after a crash, and a reader sees the old value or the new one whole.
/// Puts and removes, of all threads and processes, take turns by a lock on `.randomio.lock` in the root, which
/// the kernel lets go of when its holder dies. Names that begin with `.randomio.` are not keys.
///
/// A version is made of the inode, its times and its size. Each put gets a modification time of its own, later
/// than any before (the lock file keeps the last one), so versions do not return. Whoever writes to the files
/// by other means is seen too, but for two changes of the same size within one tick of the kernel's clock.
///
/// Threads: concurrent calls are safe.
class key_store {
 public:
  explicit key_store(tree& files) noexcept : files_(files) {}

  /// Errors: not_found; busy, when the value was changed in place again and again while it was read.
  result<versioned_content> get(std::string_view key);
  /// Errors: already_exists, precondition_failed, no_space, is_directory; invalid for a bad key.
  result<version> put(std::string_view key, std::span<const std::byte> content, const precondition& when);
  /// Errors: not_found, precondition_failed.
  result<void> remove_if(std::string_view key, const precondition& when);

 private:
  class turn;

  result<void> make_directories(std::string_view key);
  result<version> replace(turn& holding, std::string_view key, std::span<const std::byte> content,
                          const precondition& when);

  tree& files_;
};

}  // namespace randomio::local
