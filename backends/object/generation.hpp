#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <randomio/backends/object/extents.hpp>
#include <randomio/backends/object/properties.hpp>
#include <randomio/backends/object/tail_stream.hpp>

namespace randomio::object {

/// What one commit publishes: what a content was at one moment, frozen. It has one id, which stands for nothing else,
/// so that whichever of its requests arrives, and however late, the same was published.
struct generation {
  std::string id;
  extents list;
  properties held;
  bool bytes_dirty = false;
  bool held_dirty = false;
  /// All of the base is there, and what follows was appended.
  bool appends_only = false;
  std::uint64_t base_size = 0;
  std::uint64_t edits = 0;
  std::uint64_t held_edits = 0;
  const std::function<void(properties&)>* stamp = nullptr;
  std::unique_ptr<tail_stream> stream;
};

}  // namespace randomio::object
