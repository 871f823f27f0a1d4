#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <randomio/core/io/filesystem.hpp>

namespace randomio::local {

/// The names of a directory, or of all below it, through blocking calls.
///
/// Threads: safe; readers take turns.
class name_stream {
 public:
  using page = std::vector<directory_entry>;

  name_stream() = default;
  name_stream(const name_stream&) = delete;
  name_stream& operator=(const name_stream&) = delete;
  virtual ~name_stream() = default;

  /// As `listing::read`.
  virtual result<page> read(std::uint64_t position, std::size_t limit) = 0;
};

}  // namespace randomio::local
