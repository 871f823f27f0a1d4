#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include <randomio/backends/object/store.hpp>
#include <randomio/core/io/error.hpp>
#include <randomio/core/io/file.hpp>
#include <randomio/core/io/range.hpp>

namespace randomio::object {

/// An object, other than the base, that bytes come from.
struct origin {
  source object;
  std::uint64_t size = 0;  ///< Of the whole object.
};

/// Where a range of a content is.
struct extent {
  enum class kind : std::uint8_t {
    base,    ///< In the base, at `from`.
    bytes,   ///< Staged, at the address `from`.
    hole,    ///< Nowhere: zeros.
    remote,  ///< In the object `of`, at `from`.
    sent,    ///< In a part of an upload that nobody can read before it is completed.
  };
  range at;
  kind what = kind::hole;
  std::uint64_t from = 0;
  std::shared_ptr<const origin> of = {};

  friend bool operator==(const extent&, const extent&) = default;
};

/// What a content consists of: extents without gaps over [0, size). A value: copying one takes a snapshot.
class extents {
 public:
  extents() = default;
  /// All of a base.
  explicit extents(std::uint64_t base_size);

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// True when this is exactly a base of that size.
  [[nodiscard]] bool is_base(std::uint64_t base_size) const;
  [[nodiscard]] bool has(extent::kind what, range within) const;
  [[nodiscard]] bool has(extent::kind what) const { return has(what, *range::make(0, size_)); }
  /// True when the first `bytes` are those of the base.
  [[nodiscard]] bool keeps(std::uint64_t bytes) const;
  /// Those in a range, cut to it, in order.
  [[nodiscard]] std::vector<extent> within(range bytes) const;
  [[nodiscard]] std::vector<extent> all() const { return within(*range::make(0, size_)); }

  /// Puts an extent in the place of whatever was there; past the end, zeros fill what is between.
  /// Returns: the staging addresses that nothing refers to any more.
  [[nodiscard]] std::vector<range> place(const extent& what);
  /// Cuts, or grows with a hole. Returns: as `place`.
  [[nodiscard]] std::vector<range> resize(std::uint64_t size);
  /// How long the hole would be that `bytes`, which start at the end at the latest, became a part of.
  [[nodiscard]] std::uint64_t hole_with(range bytes) const;
  /// Returns: all staging addresses that are in use.
  [[nodiscard]] std::vector<range> staged() const;

  /// This, where every base range is replaced by what `below` has there: what was edited on top of a snapshot, and
  /// the snapshot, as one.
  [[nodiscard]] extents over(const extents& below) const;

  /// Errors: no_such_address, at or past the end. Source: lseek(2), SEEK_DATA and SEEK_HOLE.
  [[nodiscard]] result<std::uint64_t> seek(std::uint64_t offset, seek_target target) const;

 private:
  using by_start = std::map<std::uint64_t, extent>;
  void split(std::uint64_t at);
  void cut(range bytes, std::vector<range>& dropped);
  void insert(const extent& what);

  by_start all_;
  std::uint64_t size_ = 0;
};

}  // namespace randomio::object
