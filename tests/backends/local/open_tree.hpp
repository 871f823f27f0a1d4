#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <randomio/backends/local/tree.hpp>

#include "inline_await.hpp"
#include "tests/support/scratch_directory.hpp"

namespace randomio::local::test {

using testing::scratch_directory;

/// A tree in a directory of its own.
struct open_tree {
  scratch_directory dir;
  std::unique_ptr<tree> files = value_of(tree::open(dir.path()));
  node& root = *files->root();
};

/// What `files` lists at a node, read in pages.
inline std::vector<std::string> names(tree& files, node& at, const list_options& which = {}, std::size_t page = 1000) {
  auto stream = value_of(files.list(at, {}, which));
  std::vector<std::string> all;
  std::uint64_t position = 0;
  for (;;) {
    auto entries = value_of(stream->read(position, page));
    if (entries.empty()) return all;
    position = entries.back().next;
    for (auto& e : entries) all.push_back(e.name);
  }
}

}  // namespace randomio::local::test
