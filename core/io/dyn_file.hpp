#pragma once

#include <memory>
#include <typeinfo>
#include <utility>

#include <randomio/core/io/dyn_op.hpp>
#include <randomio/core/io/file.hpp>

namespace randomio {

/// Any `file`, owned. One allocation, when it is made; none per read or write.
///
/// Threads: as the file within.
class dyn_file {
 public:
  dyn_file() noexcept = default;
  template <file F>
    requires(!std::same_as<F, dyn_file>)
  explicit dyn_file(F f) : file_(std::make_unique<model<F>>(std::move(f))) {}

  [[nodiscard]] explicit operator bool() const noexcept { return file_ != nullptr; }

  [[nodiscard]] dyn_op<result<std::size_t>> read_at(std::uint64_t offset, mutable_buffer out, stop_token stop = {}) {
    return dyn_op<result<std::size_t>>([&](auto& op) { file_->read_at(op, offset, out, stop); });
  }
  [[nodiscard]] dyn_op<result<void>> write_at(std::uint64_t offset, const_buffer data, stop_token stop = {}) {
    return dyn_op<result<void>>([&](auto& op) { file_->write_at(op, offset, data, stop); });
  }
  [[nodiscard]] dyn_op<result<std::uint64_t>> append(const_buffer data) { return file_->append(data); }
  [[nodiscard]] dyn_op<result<void>> flush() { return file_->flush(); }
  [[nodiscard]] dyn_op<result<void>> sync(bool data_only = false) { return file_->sync(data_only); }
  [[nodiscard]] dyn_op<result<attributes>> stat() { return file_->stat(); }
  [[nodiscard]] dyn_op<result<attributes>> set_attributes(const attribute_change& change) {
    return file_->set_attributes(change);
  }
  [[nodiscard]] dyn_op<result<void>> allocate(allocate_mode mode, std::uint64_t offset, std::uint64_t len) {
    return file_->allocate(mode, offset, len);
  }
  [[nodiscard]] dyn_op<result<std::uint64_t>> seek(std::uint64_t offset, seek_target target) {
    return file_->seek(offset, target);
  }
  [[nodiscard]] dyn_op<result<void>> close() { return file_->close(); }

  /// The file within, when it is an `F`.
  template <class F>
  [[nodiscard]] F* target() const noexcept {
    auto* held = dynamic_cast<model<F>*>(file_.get());
    return held == nullptr ? nullptr : &held->file;
  }

 private:
  struct interface {
    virtual ~interface() = default;
    virtual void read_at(dyn_op<result<std::size_t>>&, std::uint64_t, mutable_buffer, stop_token) = 0;
    virtual void write_at(dyn_op<result<void>>&, std::uint64_t, const_buffer, stop_token) = 0;
    virtual dyn_op<result<std::uint64_t>> append(const_buffer) = 0;
    virtual dyn_op<result<void>> flush() = 0;
    virtual dyn_op<result<void>> sync(bool) = 0;
    virtual dyn_op<result<attributes>> stat() = 0;
    virtual dyn_op<result<attributes>> set_attributes(const attribute_change&) = 0;
    virtual dyn_op<result<void>> allocate(allocate_mode, std::uint64_t, std::uint64_t) = 0;
    virtual dyn_op<result<std::uint64_t>> seek(std::uint64_t, seek_target) = 0;
    virtual dyn_op<result<void>> close() = 0;
  };

  template <class F>
  struct model final : interface {
    explicit model(F f) : file(std::move(f)) {}
    void read_at(dyn_op<result<std::size_t>>& op, std::uint64_t offset, mutable_buffer out, stop_token stop) override {
      detail::erase_into(op, [&]() -> decltype(auto) { return randomio::read_at(file, offset, out, stop); });
    }
    void write_at(dyn_op<result<void>>& op, std::uint64_t offset, const_buffer data, stop_token stop) override {
      detail::erase_into(op, [&]() -> decltype(auto) { return randomio::write_at(file, offset, data, stop); });
    }
    dyn_op<result<std::uint64_t>> append(const_buffer data) override {
      return detail::erase<result<std::uint64_t>>([&]() -> decltype(auto) { return file.append(data.bytes()); });
    }
    dyn_op<result<void>> flush() override {
      return detail::erase<result<void>>([&]() -> decltype(auto) { return file.flush(); });
    }
    dyn_op<result<void>> sync(bool data_only) override {
      return detail::erase<result<void>>([&]() -> decltype(auto) { return file.sync(data_only); });
    }
    dyn_op<result<attributes>> stat() override {
      return detail::erase<result<attributes>>([&]() -> decltype(auto) { return file.stat(); });
    }
    dyn_op<result<attributes>> set_attributes(const attribute_change& change) override {
      return detail::erase<result<attributes>>([&]() -> decltype(auto) { return file.set_attributes(change); });
    }
    dyn_op<result<void>> allocate(allocate_mode mode, std::uint64_t offset, std::uint64_t len) override {
      return detail::erase<result<void>>([&]() -> decltype(auto) { return file.allocate(mode, offset, len); });
    }
    dyn_op<result<std::uint64_t>> seek(std::uint64_t offset, seek_target target) override {
      return detail::erase<result<std::uint64_t>>([&]() -> decltype(auto) { return file.seek(offset, target); });
    }
    dyn_op<result<void>> close() override {
      return detail::erase<result<void>>([&]() -> decltype(auto) { return file.close(); });
    }
    F file;
  };

  std::unique_ptr<interface> file_;
};

static_assert(file<dyn_file>);

}  // namespace randomio
