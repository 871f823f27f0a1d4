#pragma once

#include <cstdint>
#include <type_traits>

#include <randomio/core/io/dyn_op.hpp>
#include <randomio/core/io/random_io.hpp>
#include <randomio/core/io/sequential.hpp>

namespace randomio {

/// Any `async_random_read` device, by reference. Two words, trivially copyable; models the same concept,
/// so static and erased devices convert freely, and `target` gives the device back.
///
/// Borrows: the device.
class dyn_read {
 public:
  template <async_random_read D>
    requires(!std::same_as<D, dyn_read> && !std::is_const_v<D>)
  dyn_read(D& device) noexcept : device_(&device), table_(&table_of<D>) {}

  [[nodiscard]] dyn_op<result<std::size_t>> read_at(std::uint64_t offset, mutable_buffer out,
                                                    stop_token stop = {}) const {
    return dyn_op<result<std::size_t>>([&](auto& op) { table_->read_at(op, device_, offset, out, stop); });
  }
  template <class D>
  [[nodiscard]] D* target() const noexcept {
    return table_ == &table_of<D> ? static_cast<D*>(device_) : nullptr;
  }

 private:
  struct table {
    void (*read_at)(dyn_op<result<std::size_t>>&, void*, std::uint64_t, mutable_buffer, stop_token);
  };
  template <class D>
  static constexpr table table_of{
      [](dyn_op<result<std::size_t>>& op, void* device, std::uint64_t offset, mutable_buffer out, stop_token stop) {
        detail::erase_into(
            op, [&]() -> decltype(auto) { return randomio::read_at(*static_cast<D*>(device), offset, out, stop); });
      }};

  void* device_;
  const table* table_;
};

/// Any `async_random_write` device, by reference; otherwise as `dyn_read`.
class dyn_write {
 public:
  template <async_random_write D>
    requires(!std::same_as<D, dyn_write> && !std::is_const_v<D>)
  dyn_write(D& device) noexcept : device_(&device), table_(&table_of<D>) {}

  [[nodiscard]] dyn_op<result<void>> write_at(std::uint64_t offset, const_buffer data, stop_token stop = {}) const {
    return dyn_op<result<void>>([&](auto& op) { table_->write_at(op, device_, offset, data, stop); });
  }
  [[nodiscard]] dyn_op<result<void>> flush() const { return table_->flush(device_); }
  [[nodiscard]] dyn_op<result<void>> sync() const { return table_->sync(device_); }
  template <class D>
  [[nodiscard]] D* target() const noexcept {
    return table_ == &table_of<D> ? static_cast<D*>(device_) : nullptr;
  }

 private:
  struct table {
    void (*write_at)(dyn_op<result<void>>&, void*, std::uint64_t, const_buffer, stop_token);
    dyn_op<result<void>> (*flush)(void*);
    dyn_op<result<void>> (*sync)(void*);
  };
  template <class D>
  static constexpr table table_of{
      [](dyn_op<result<void>>& op, void* device, std::uint64_t offset, const_buffer data, stop_token stop) {
        detail::erase_into(
            op, [&]() -> decltype(auto) { return randomio::write_at(*static_cast<D*>(device), offset, data, stop); });
      },
      [](void* device) {
        return detail::erase<result<void>>([&]() -> decltype(auto) { return static_cast<D*>(device)->flush(); });
      },
      [](void* device) {
        return detail::erase<result<void>>([&]() -> decltype(auto) { return static_cast<D*>(device)->sync(); });
      }};

  void* device_;
  const table* table_;
};

/// Any `seekable`, by reference.
class dyn_seek {
 public:
  template <seekable S>
    requires(!std::same_as<S, dyn_seek> && !std::is_const_v<S>)
  dyn_seek(S& target) noexcept : target_(&target), table_(&table_of<S>) {}

  void seek_to(std::uint64_t offset) const { table_->seek_to(target_, offset); }
  [[nodiscard]] std::uint64_t position() const { return table_->position(target_); }
  template <class S>
  [[nodiscard]] S* target() const noexcept {
    return table_ == &table_of<S> ? static_cast<S*>(target_) : nullptr;
  }

 private:
  struct table {
    void (*seek_to)(void*, std::uint64_t);
    std::uint64_t (*position)(void*);
  };
  template <class S>
  static constexpr table table_of{[](void* s, std::uint64_t offset) { static_cast<S*>(s)->seek_to(offset); },
                                  [](void* s) -> std::uint64_t { return static_cast<S*>(s)->position(); }};

  void* target_;
  const table* table_;
};

static_assert(sizeof(dyn_read) == 2 * sizeof(void*) && std::is_trivially_copyable_v<dyn_read>);
static_assert(sizeof(dyn_write) == 2 * sizeof(void*) && std::is_trivially_copyable_v<dyn_write>);
static_assert(async_random_read<dyn_read> && async_random_write<dyn_write> && seekable<dyn_seek>);

}  // namespace randomio
