#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <randomio/backends/object/extents.hpp>
#include <randomio/backends/object/staging.hpp>
#include <randomio/core/io/stop.hpp>

namespace randomio::object {

/// Bytes that can be read whatever happens to the content they belong to: an extent with what keeps it alive.
struct segment {
  std::uint64_t len = 0;
  staged_piece staged;               ///< When it has memory or disk.
  std::shared_ptr<const origin> of;  ///< Else an object, at `from`; else zeros.
  std::uint64_t from = 0;
};

/// What `list` consists of, none of it `sent`; `base` may be null when no base is in it.
[[nodiscard]] std::vector<segment> segments_of(const std::vector<extent>& list, const staging& staged,
                                               const std::shared_ptr<const origin>& base);

/// Reads them into `out`, which is as long. Errors: the store's; precondition_failed.
[[nodiscard]] task<result<void>> fill(editing& with, const std::vector<segment>& from, std::span<std::byte> out,
                                      stop_token stop = {});

/// Segments as a request takes them: what is in memory stays where it is, the rest is read into memory that counts in
/// the budget. Valid while the segments are.
class gathered {
 public:
  /// Errors: as `fill`; too_large, when it takes more memory than there is.
  [[nodiscard]] task<result<void>> gather(editing& with, const std::vector<segment>& from);
  [[nodiscard]] pieces content() const noexcept { return pieces_; }

 private:
  std::vector<std::span<const std::byte>> pieces_;
  std::unique_ptr<counted_memory> buffer_;
};

}  // namespace randomio::object
