#pragma once

#include <coroutine>
#include <cstdint>
#include <list>
#include <optional>
#include <span>

#include <randomio/core/io/random_io.hpp>
#include <randomio/core/io/stop.hpp>
#include <randomio/memory.hpp>

/// A device over memory whose operations end when `pump` says so: each after a number of turns, or one turn
/// after its stop token fired, as `cancelled`, a write then perhaps half done.
class pumped_device {
 public:
  class operation_base {
   public:
    operation_base(pumped_device& device, randomio::stop_token stop) : device_(device), stop_(stop) {}
    operation_base(const operation_base&) = delete;
    operation_base& operator=(const operation_base&) = delete;
    static bool await_ready() noexcept { return false; }
    void await_suspend(std::coroutine_handle<> h) {
      waiting_ = h;
      turns_ = device_.turns_per_operation;
      queued_ = true;
      device_.queue_.push_back(this);
    }

   protected:
    friend class pumped_device;
    ~operation_base() {
      if (queued_) device_.destroyed_in_flight = true;
    }
    virtual void finish(bool cancelled) = 0;

    pumped_device& device_;
    randomio::stop_token stop_;
    std::coroutine_handle<> waiting_;
    unsigned turns_ = 0;
    bool queued_ = false;
  };

  class read_operation final : public operation_base {
   public:
    read_operation(pumped_device& device, std::uint64_t offset, std::span<std::byte> out, randomio::stop_token stop)
        : operation_base(device, stop), offset_(offset), out_(out) {}
    randomio::result<std::size_t> await_resume() { return std::move(*outcome_); }

   private:
    void finish(bool cancelled) override {
      outcome_ = device_.bytes_.read_at(offset_, out_).await_resume();
      if (cancelled) outcome_ = randomio::fail(randomio::errc::cancelled, randomio::operation::read);
    }
    std::uint64_t offset_;
    std::span<std::byte> out_;
    std::optional<randomio::result<std::size_t>> outcome_;
  };

  class write_operation final : public operation_base {
   public:
    write_operation(pumped_device& device, std::uint64_t offset, std::span<const std::byte> data,
                    randomio::stop_token stop)
        : operation_base(device, stop), offset_(offset), data_(data) {}
    randomio::result<void> await_resume() { return std::move(*outcome_); }

   private:
    void finish(bool cancelled) override {
      const auto part = cancelled ? data_.first(data_.size() / 2) : data_;
      outcome_ = device_.bytes_.write_at(offset_, part).await_resume();
      if (cancelled) outcome_ = randomio::fail(randomio::errc::cancelled, randomio::operation::write);
    }
    std::uint64_t offset_;
    std::span<const std::byte> data_;
    std::optional<randomio::result<void>> outcome_;
  };

  [[nodiscard]] read_operation read_at(std::uint64_t offset, randomio::mutable_buffer out,
                                       randomio::stop_token stop = {}) {
    return {*this, offset, out.bytes(), stop};
  }
  [[nodiscard]] write_operation write_at(std::uint64_t offset, randomio::const_buffer data,
                                         randomio::stop_token stop = {}) {
    return {*this, offset, data.bytes(), stop};
  }
  [[nodiscard]] static randomio::ready_op<randomio::result<void>> flush() { return randomio::result<void>(); }
  [[nodiscard]] static randomio::ready_op<randomio::result<void>> sync() { return randomio::result<void>(); }

  /// One turn. Returns: false when nothing was waiting.
  bool pump() {
    if (queue_.empty()) return false;
    for (auto at = queue_.begin(); at != queue_.end();) {
      auto* const op = *at;
      const bool cancelled = op->stop_.stop_requested();
      if (!cancelled && op->turns_ > 0) {
        --op->turns_;
        ++at;
        continue;
      }
      at = queue_.erase(at);
      complete(*op, cancelled);
    }
    return true;
  }
  /// Ends the waiting operation of this number. Requires: there are as many.
  void complete_one(std::size_t number) {
    auto at = std::next(queue_.begin(), static_cast<std::ptrdiff_t>(number));
    auto* const op = *at;
    queue_.erase(at);
    complete(*op, false);
  }
  [[nodiscard]] std::size_t waiting() const { return queue_.size(); }

  unsigned turns_per_operation = 0;
  bool destroyed_in_flight = false;

 private:
  static void complete(operation_base& op, bool cancelled) {
    op.finish(cancelled);
    op.queued_ = false;
    op.waiting_.resume();
  }

  randomio::memory::device bytes_;
  std::list<operation_base*> queue_;
};
