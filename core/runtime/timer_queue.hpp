#pragma once

#include <chrono>
#include <optional>

namespace randomio {

/// A timer: lives in the frame that waits for it. `expire` runs on the loop's thread.
class timer {
 public:
  using clock = std::chrono::steady_clock;
  using expire_function = void (*)(timer&) noexcept;
  explicit timer(expire_function expire) noexcept : expire_(expire) {}
  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;

 private:
  friend class timer_queue;
  expire_function expire_;
  clock::time_point deadline_{};
  timer* child_ = nullptr;     // The first of those that expire later.
  timer* next_ = nullptr;      // The sibling to the right.
  timer* previous_ = nullptr;  // The sibling to the left; of a first child, its parent.
  bool waiting_ = false;
};

/// The timers of one loop: a pairing heap through the timers themselves, so that waiting allocates nothing.
/// Adding is O(1), removing and expiring O(log n) amortized; timers of one deadline expire in no set order.
///
/// Borrows: each timer, until it expires or is removed.
/// Threads: the loop's only.
class timer_queue {
 public:
  void add(timer& t, timer::clock::time_point deadline) noexcept;
  /// Returns: true when the timer was waiting and will not expire any more.
  bool remove(timer& t) noexcept;
  [[nodiscard]] std::optional<timer::clock::time_point> next_deadline() const noexcept {
    if (first_ == nullptr) return std::nullopt;
    return first_->deadline_;
  }
  /// Expires what is due.
  void expire(timer::clock::time_point now) noexcept;

 private:
  static timer* meld(timer* a, timer* b) noexcept;
  static timer* meld_siblings(timer* first) noexcept;

  timer* first_ = nullptr;
};

}  // namespace randomio
