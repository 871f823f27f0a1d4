#pragma once

#include <concepts>
#include <cstdint>
#include <span>

#include <randomio/core/io/file.hpp>

namespace randomio {

/// Writes from front to back. `close` publishes, `abort` gives up without a trace where the store can.
template <class W>
concept sequential_writer = requires(W& w, std::span<const std::byte> data) {
  { w.write_all(data) } -> awaitable_of<result<void>>;
  { w.flush() } -> awaitable_of<result<void>>;
  { w.close() } -> awaitable_of<result<void>>;
  { w.abort() } -> awaitable_of<result<void>>;
};

/// Something with a position that can be moved. Source: lseek(2) with SEEK_SET.
template <class S>
concept seekable = requires(S& s, std::uint64_t offset) {
  { s.seek_to(offset) } -> std::same_as<void>;
  { s.position() } -> std::convertible_to<std::uint64_t>;
};

/// A position over a random-access file: reads and writes move it. Models `seekable` and, over files,
/// `sequential_writer`; `abort` cuts the file back to where this cursor began.
///
/// Borrows: the device, for its whole life.
/// Threads: one operation at a time.
template <async_random_read D>
class cursor {
 public:
  explicit cursor(D& device, std::uint64_t start = 0) noexcept : device_(&device), start_(start), position_(start) {}

  void seek_to(std::uint64_t offset) noexcept { position_ = offset; }
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

  /// Reads from the position on and moves it by the count read, which it returns.
  [[nodiscard]] auto read(mutable_buffer out) {
    return detail::then([this, out]() -> decltype(auto) { return device_->read_at(position_, out.bytes()); },
                        [this](result<std::size_t> read) {
                          if (read) position_ += *read;
                          return read;
                        });
  }

  [[nodiscard]] auto write_all(const_buffer data)
    requires async_random_write<D>
  {
    return detail::then([this, data]() -> decltype(auto) { return device_->write_at(position_, data.bytes()); },
                        [this, size = data.size()](result<void> written) {
                          if (written) position_ += size;
                          return written;
                        });
  }
  [[nodiscard]] decltype(auto) flush()
    requires async_random_write<D>
  {
    return device_->flush();
  }
  [[nodiscard]] decltype(auto) close()
    requires async_random_write<D>
  {
    return device_->sync();
  }
  [[nodiscard]] auto abort()
    requires file<D>
  {
    undo_.size = start_;
    return detail::then([this]() -> decltype(auto) { return device_->set_attributes(undo_); },
                        [this](result<attributes> cut) -> result<void> {
                          if (!cut) return unexpected(std::move(cut).error());
                          position_ = start_;
                          return {};
                        });
  }

 private:
  D* device_;
  std::uint64_t start_;
  std::uint64_t position_;
  attribute_change undo_;
};

}  // namespace randomio
