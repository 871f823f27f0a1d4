#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include <randomio/backends/object/read_room.hpp>
#include <randomio/backends/object/volume.hpp>

namespace randomio::object {

/// Reads of one handle. Those that follow each other make it fetch what comes next, in several ranged requests at once
/// and in a window that grows as long as they go on, within the memory budget; others fetch just what they ask for.
///
/// Threads: concurrent calls are safe.
class read_ahead {
 public:
  read_ahead(volume& in, std::shared_ptr<node> of);
  read_ahead(const read_ahead&) = delete;
  read_ahead& operator=(const read_ahead&) = delete;
  /// Requires: `close` came last, or nothing is being fetched.
  ~read_ahead();

  /// What was read before there was a handle, if it is of what the handle reads. Requires: nothing was read yet.
  void start_with(const std::shared_ptr<content>& bytes, first_read first);
  [[nodiscard]] task<result<std::size_t>> read(std::shared_ptr<content> bytes, std::uint64_t offset,
                                               std::span<std::byte> out, stop_token stop);
  /// Ends what is being fetched.
  [[nodiscard]] task<void> close();

 private:
  class window;
  std::unique_ptr<window> window_;
};

}  // namespace randomio::object
