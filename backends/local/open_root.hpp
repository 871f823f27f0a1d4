#pragma once

#include <memory>
#include <string_view>

#include <randomio/backends/local/filesystem.hpp>
#include <randomio/backends/local/uring_file.hpp>
#include <randomio/core/io/dyn_filesystem.hpp>
#include <randomio/core/runtime/loop.hpp>

namespace randomio::local {

using uring_filesystem = filesystem<uring_file>;
using pool_filesystem = filesystem<pool_file>;

static_assert(randomio::filesystem<uring_filesystem>);

/// Opens a directory as a filesystem. Blocks. Errors: as open(2); not_directory; not_implemented before Linux 5.6.
template <class Filesystem>
[[nodiscard]] result<std::shared_ptr<Filesystem>> open_root(std::string_view directory, blocking_pool& pool) {
  auto files = tree::open(directory);
  if (!files) return unexpected(std::move(files).error());
  return std::make_shared<Filesystem>(std::move(*files), pool);
}

/// The same, of any type: files go through io_uring when that is the kind of loop that will await.
[[nodiscard]] result<dyn_fs> open_root(std::string_view directory, blocking_pool& pool, loop::kind loops);

}  // namespace randomio::local
