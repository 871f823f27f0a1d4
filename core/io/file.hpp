#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include <randomio/core/io/attributes.hpp>
#include <randomio/core/io/random_io.hpp>

namespace randomio {

/// How to open a file: `open_options().read().write().create()`. Reading is on until something else is asked;
/// `create` alone also means write, `read().create()` does not.
class open_options {
 public:
  constexpr open_options& read(bool on = true) & { return read_ = on, explicit_read_ = true, *this; }
  constexpr open_options& write(bool on = true) & { return write_ = on, *this; }
  /// Each `append` goes to the end at that moment, atomically. Implies write.
  constexpr open_options& append(bool on = true) & { return append_ = on, *this; }
  /// Creates the file when it is missing.
  constexpr open_options& create(bool on = true) & { return create_ = on, *this; }
  /// With `create`: fails with already_exists when the file is there. Source: O_EXCL.
  constexpr open_options& exclusive(bool on = true) & { return exclusive_ = on, *this; }
  /// Cuts an existing file to nothing. Implies write.
  constexpr open_options& truncate(bool on = true) & { return truncate_ = on, *this; }
  /// Bypasses the backend's page cache; offsets, sizes and buffers must then be aligned. Source: O_DIRECT.
  constexpr open_options& direct(bool on = true) & { return direct_ = on, *this; }
  /// Fails with `loop` when the last component is a symbolic link. Source: O_NOFOLLOW.
  constexpr open_options& no_follow(bool on = true) & { return no_follow_ = on, *this; }
  /// Makes a file without a name in the directory that is opened; `link` can give it one, unless `exclusive`.
  /// Errors: unsupported. Source: O_TMPFILE.
  constexpr open_options& temporary(bool on = true) & { return temporary_ = on, *this; }
  /// Mode and owner, when `create` or `temporary` makes the file.
  constexpr open_options& with(creation made) & { return creation_ = made, *this; }

  constexpr open_options&& read(bool on = true) && { return std::move(read(on)); }
  constexpr open_options&& write(bool on = true) && { return std::move(write(on)); }
  constexpr open_options&& append(bool on = true) && { return std::move(append(on)); }
  constexpr open_options&& create(bool on = true) && { return std::move(create(on)); }
  constexpr open_options&& exclusive(bool on = true) && { return std::move(exclusive(on)); }
  constexpr open_options&& truncate(bool on = true) && { return std::move(truncate(on)); }
  constexpr open_options&& direct(bool on = true) && { return std::move(direct(on)); }
  constexpr open_options&& no_follow(bool on = true) && { return std::move(no_follow(on)); }
  constexpr open_options&& temporary(bool on = true) && { return std::move(temporary(on)); }
  constexpr open_options&& with(creation made) && { return std::move(with(made)); }

  [[nodiscard]] constexpr bool reads() const noexcept { return explicit_read_ ? read_ : !writes(); }
  [[nodiscard]] constexpr bool writes() const noexcept {
    return write_ || append_ || truncate_ || (create_ && !explicit_read_);
  }
  [[nodiscard]] constexpr bool appends() const noexcept { return append_; }
  [[nodiscard]] constexpr bool creates() const noexcept { return create_; }
  [[nodiscard]] constexpr bool is_exclusive() const noexcept { return exclusive_; }
  [[nodiscard]] constexpr bool truncates() const noexcept { return truncate_; }
  [[nodiscard]] constexpr bool is_direct() const noexcept { return direct_; }
  [[nodiscard]] constexpr bool is_temporary() const noexcept { return temporary_; }
  [[nodiscard]] constexpr bool follows() const noexcept { return !no_follow_; }
  [[nodiscard]] constexpr const creation& made_with() const noexcept { return creation_; }

 private:
  bool read_ = false, explicit_read_ = false, write_ = false, append_ = false, create_ = false;
  bool exclusive_ = false, truncate_ = false, direct_ = false, no_follow_ = false, temporary_ = false;
  creation creation_;
};

/// What `allocate` does to a range. Source: fallocate(2).
enum class allocate_mode : std::uint8_t {
  extend,     ///< Reserve space; the file grows to cover the range.
  keep_size,  ///< Reserve space; the size stays.
  punch,      ///< Make a hole; the size stays.
  zero,       ///< Read as zeros; the file grows to cover the range.
  zero_keep,  ///< Read as zeros; the size stays.
};

/// What to look for from an offset. Source: lseek(2), SEEK_DATA and SEEK_HOLE.
enum class seek_target : std::uint8_t { data, hole };

/// An open file.
///
/// `append`   writes all of the data at the end, atomically against other appends; returns its offset.
/// `sync`     with `data_only` leaves out attributes that reading does not need. Source: fdatasync(2).
/// `stat`, `set_attributes` work on the open file, also after its last name is gone.
/// `allocate` and `seek` as fallocate(2) and lseek(2); errors: unsupported; no_such_address (past the end).
/// Destroying a file closes it; what was written and not flushed follows the backend's rules, `close`
/// reports their outcome.
///
/// Threads: concurrent calls are safe on every file of this project's backends.
template <class F>
concept file = async_random_read<F> && async_random_write<F> &&
               requires(F& f, std::uint64_t offset, std::uint64_t len, std::span<const std::byte> data,
                        const attribute_change& change, allocate_mode mode, seek_target target) {
                 { f.append(data) } -> awaitable_of<result<std::uint64_t>>;
                 { f.sync(true) } -> awaitable_of<result<void>>;
                 { f.stat() } -> awaitable_of<result<attributes>>;
                 { f.set_attributes(change) } -> awaitable_of<result<attributes>>;
                 { f.allocate(mode, offset, len) } -> awaitable_of<result<void>>;
                 { f.seek(offset, target) } -> awaitable_of<result<std::uint64_t>>;
                 { f.close() } -> awaitable_of<result<void>>;
               };

}  // namespace randomio
