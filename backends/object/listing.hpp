#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <randomio/backends/object/volume.hpp>
#include <randomio/core/io/filesystem.hpp>

namespace randomio::object {

/// The names in a directory: first what is not in the store yet, then what the store lists, in its order; or,
/// `recursive`, the paths of all that is below, in byte order, held in memory from the first read on.
///
/// A position is the count of entries before it. The listing remembers their names, so that every position it ever
/// gave can be returned to, whatever was removed since; what was created since is shown from the end on only.
/// Position 0 starts anew.
///
/// Threads: concurrent calls are safe.
class listing {
 public:
  using page = std::vector<directory_entry>;

  listing(std::shared_ptr<volume> in, std::shared_ptr<node> directory, list_options which);
  listing(listing&&) noexcept;
  listing& operator=(listing&&) noexcept;
  ~listing();

  [[nodiscard]] task<result<page>> read(std::uint64_t position, std::size_t limit, stop_token stop = {});

 private:
  class state;
  std::shared_ptr<state> state_;
};

static_assert(randomio::listing<listing>);

}  // namespace randomio::object
