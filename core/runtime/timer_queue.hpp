#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <utility>

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
};

/// The timers of one loop, earliest first. Threads: the loop's only.
class timer_queue {
 public:
  void add(timer& t, timer::clock::time_point deadline);
  /// Returns: true when the timer was waiting and will not expire any more.
  bool remove(timer& t) noexcept;
  [[nodiscard]] std::optional<timer::clock::time_point> next_deadline() const noexcept;
  /// Expires what is due.
  void expire(timer::clock::time_point now) noexcept;

 private:
  std::set<std::pair<timer::clock::time_point, timer*>> waiting_;
};

}  // namespace randomio
