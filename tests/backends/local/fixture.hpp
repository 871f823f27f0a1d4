#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/core/runtime/sync_wait.hpp>
#include <randomio/core/runtime/task.hpp>
#include <randomio/local.hpp>

#include "tests/support/scratch_directory.hpp"

namespace randomio::local::test {

using testing::scratch_directory;

/// Directories on one kind of loop, with a pool beside it.
template <class Filesystem, loop::kind Kind>
struct fixture {
  using filesystem_type = Filesystem;

  std::shared_ptr<filesystem_type> make() {
    directories.push_back(std::make_unique<scratch_directory>());
    auto opened = open_root<filesystem_type>(directories.back()->path(), pool);
    REQUIRE(opened.has_value());
    return *opened;
  }

  template <class T>
  T run(task<T> t) {
    return sync_wait(*runs, std::move(t));
  }

  std::vector<std::unique_ptr<scratch_directory>> directories;
  std::unique_ptr<loop> runs = std::move(*make_loop(Kind));
  blocking_pool pool{2};
};

using uring_fixture = fixture<uring_filesystem, loop::kind::uring>;
using pool_on_uring_fixture = fixture<pool_filesystem, loop::kind::uring>;
using pool_on_epoll_fixture = fixture<pool_filesystem, loop::kind::epoll>;

}  // namespace randomio::local::test
