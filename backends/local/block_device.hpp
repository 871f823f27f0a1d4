#pragma once

#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <randomio/backends/local/device_geometry.hpp>
#include <randomio/backends/local/guarded_op.hpp>
#include <randomio/core/io/capabilities.hpp>
#include <randomio/core/io/file.hpp>

namespace randomio::local {

/// A block device as a file of fixed size: `block_device<sync_file>::open("/dev/loop0", options)`, or over
/// `pool_file` and `uring_file` with their pool as last argument. Offsets and sizes are multiples of
/// `abilities().alignment`, also where the page cache would take others: what works here works with O_DIRECT,
/// for which the buffer's address must be aligned too.
///
/// Errors:  invalid, for what is not aligned; no_space, past the end.
/// Threads: as `File`.
template <file File>
class block_device {
 public:
  /// Errors: as open(2); invalid, for what is no block device.
  template <class... Context>
  static result<block_device> open(std::string_view path, const open_options& how, Context&... context) {
    auto opened = File::open(path, how, context...);
    if (!opened) return unexpected(std::move(opened).error());
    const auto geometry = device_geometry::of(opened->native().fd());
    if (!geometry) return unexpected(geometry.error());
    return block_device(std::move(*opened), *geometry, how.writes());
  }

  [[nodiscard]] std::uint64_t size() const noexcept { return geometry_.size; }
  [[nodiscard]] const capabilities& abilities() const noexcept { return abilities_; }

  [[nodiscard]] auto read_at(std::uint64_t offset, mutable_buffer out, stop_token stop = {}) {
    auto start = [&]() -> decltype(auto) { return randomio::read_at(file_, offset, out, stop); };
    return guarded_op<decltype(start())>(misaligned(offset, out.size()), operation::read, start);
  }
  [[nodiscard]] auto write_at(std::uint64_t offset, const_buffer data, stop_token stop = {}) {
    auto start = [&]() -> decltype(auto) { return randomio::write_at(file_, offset, data, stop); };
    return guarded_op<decltype(start())>(refused_write(offset, data.size()), operation::write, start);
  }
  /// A device does not grow. Errors: no_space.
  [[nodiscard]] static ready_op<result<std::uint64_t>> append(const_buffer) noexcept {
    return result<std::uint64_t>(fail(errc::no_space, operation::append));
  }
  [[nodiscard]] auto flush() { return file_.flush(); }
  [[nodiscard]] auto sync(bool data_only = false) { return file_.sync(data_only); }
  [[nodiscard]] auto stat() { return file_.stat(); }
  [[nodiscard]] auto set_attributes(const attribute_change& change) { return file_.set_attributes(change); }
  [[nodiscard]] auto allocate(allocate_mode mode, std::uint64_t offset, std::uint64_t len) {
    return file_.allocate(mode, offset, len);
  }
  [[nodiscard]] auto seek(std::uint64_t offset, seek_target target) { return file_.seek(offset, target); }
  [[nodiscard]] auto close() { return file_.close(); }

  [[nodiscard]] File& native() noexcept { return file_; }

 private:
  block_device(File opened, device_geometry geometry, bool writes) noexcept
      : file_(std::move(opened)), geometry_(geometry) {
    abilities_.write = abilities_.random_write = writes;
    abilities_.atomic_append = false;
    abilities_.name_bytes_max = 0;
    abilities_.file_bytes_max = geometry.size;
    abilities_.alignment = geometry.sector;
  }

  [[nodiscard]] std::optional<errc> misaligned(std::uint64_t offset, std::size_t size) const noexcept {
    if (geometry_.is_aligned(offset, size)) return std::nullopt;
    return errc::invalid;
  }
  /// Refused before it begins, so that nothing of it is written.
  [[nodiscard]] std::optional<errc> refused_write(std::uint64_t offset, std::size_t size) const noexcept {
    if (size != 0 && (offset > geometry_.size || size > geometry_.size - offset)) return errc::no_space;
    return misaligned(offset, size);
  }

  File file_;
  device_geometry geometry_;
  capabilities abilities_;
};

}  // namespace randomio::local
