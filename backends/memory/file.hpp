#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include <randomio/backends/memory/node.hpp>
#include <randomio/core/io/file.hpp>

namespace randomio::memory {

/// An open regular file in memory. Keeps its bytes alive when the last name is gone.
///
/// Errors:  permission_denied for what it was not opened for; as `device` otherwise.
/// Threads: concurrent calls are safe; each read sees each write whole or not at all.
class file {
 public:
  file(std::shared_ptr<node> n, const open_options& how) noexcept
      : node_(std::move(n)), reads_(how.reads()), writes_(how.writes()) {}

  [[nodiscard]] ready_op<result<std::size_t>> read_at(std::uint64_t offset, mutable_buffer out) noexcept {
    if (!reads_) return fail(errc::permission_denied, operation::read);
    return node_->read(offset, out.bytes());
  }
  [[nodiscard]] ready_op<result<void>> write_at(std::uint64_t offset, const_buffer data) noexcept {
    if (!writes_) return fail(errc::permission_denied, operation::write);
    return node_->write(offset, data.bytes());
  }
  [[nodiscard]] ready_op<result<std::uint64_t>> append(const_buffer data) noexcept {
    if (!writes_) return fail(errc::permission_denied, operation::append);
    return node_->append(data.bytes());
  }
  [[nodiscard]] static ready_op<result<void>> flush() noexcept { return result<void>(); }
  [[nodiscard]] static ready_op<result<void>> sync(bool = false) noexcept { return result<void>(); }
  [[nodiscard]] ready_op<result<attributes>> stat() noexcept { return node_->describe(); }
  [[nodiscard]] ready_op<result<attributes>> set_attributes(const attribute_change& change) noexcept {
    if (change.size && !writes_) return fail(errc::permission_denied, operation::set_attributes);
    return node_->change(change);
  }
  [[nodiscard]] ready_op<result<void>> allocate(allocate_mode mode, std::uint64_t offset, std::uint64_t len) noexcept {
    if (!writes_) return fail(errc::permission_denied, operation::allocate);
    return node_->allocate(mode, offset, len);
  }
  [[nodiscard]] ready_op<result<std::uint64_t>> seek(std::uint64_t offset, seek_target target) noexcept {
    return node_->seek(offset, target);
  }
  [[nodiscard]] static ready_op<result<void>> close() noexcept { return result<void>(); }

 private:
  friend class filesystem;

  std::shared_ptr<node> node_;
  bool reads_;
  bool writes_;
};

static_assert(randomio::file<file>);

}  // namespace randomio::memory
