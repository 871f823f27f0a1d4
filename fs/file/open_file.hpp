#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include <randomio/core/io/dyn_file.hpp>
#include <randomio/core/runtime/task.hpp>

#include "fs/file/opener.hpp"
#include "fs/namespace/inode.hpp"

namespace randomiofs {

/// Where a write came from, which decides what O_APPEND means for it.
enum class write_source : std::uint8_t {
  call,        ///< write(2): O_APPEND writes go to the end, whatever offset the kernel believes in.
  page_cache,  ///< Written back from a mapping: its offset is the truth, also on an O_APPEND handle.
};

/// One open of a file through the mount.
///
/// Threads: concurrent calls are safe.
class open_file {
 public:
  /// `publisher` is whose flush publishes what was written through this handle; nobody's, when there is none.
  open_file(inode& node, randomio::dyn_file file, bool append, std::optional<opener> publisher = {}) noexcept
      : node_(node), file_(std::move(file)), append_(append), publisher_(publisher) {}

  [[nodiscard]] inode& node() const noexcept { return node_; }
  [[nodiscard]] randomio::dyn_file& file() noexcept { return file_; }
  [[nodiscard]] bool appends() const noexcept { return append_.load(std::memory_order_relaxed); }
  /// fcntl(2) turns O_APPEND on and off while a file is open, and only the next write tells.
  void set_appends(bool on) noexcept { append_.store(on, std::memory_order_relaxed); }

  /// Returns: the offset that the data went to, which for O_APPEND need not be `offset`.
  /// Borrows: `data` until completion.
  randomio::task<randomio::result<std::uint64_t>> write(std::uint64_t offset, randomio::const_buffer data,
                                                        write_source from);
  [[nodiscard]] bool publishes_on_flush() const noexcept { return publisher_.has_value(); }
  /// One of those who share the handle closed it. Publishes what was written when that was the process that opened
  /// it; what the others leave is published by the last close.
  randomio::task<randomio::result<void>> flush(std::int32_t thread);
  /// Closes the file in its backend, before it is destroyed. By then its writer has gone on, so that a failure is
  /// logged here: nobody else will hear of it.
  randomio::task<randomio::result<void>> close();

 private:
  inode& node_;
  randomio::dyn_file file_;
  std::atomic<bool> append_;
  const std::optional<opener> publisher_;
};

}  // namespace randomiofs
