#pragma once

#include <atomic>
#include <coroutine>
#include <utility>

#include <randomio/core/runtime/invariant.hpp>
#include <randomio/core/runtime/loop.hpp>

namespace randomio {

/// A mutex for coroutines, first come first served: `auto guard = co_await gate.lock();`. Waiting blocks no
/// thread and allocates nothing, so a gate may be held across a suspension; it is two words large.
///
/// A waiter resumes on the loop it waits on, by a post; one that waits on no loop resumes inside the unlock
/// that let it in, on that thread: a gate that loops use is best used from loops only.
///
/// Threads: lock and unlock from any, also the unlock from another thread than the lock. Nobody may hold it
///          or wait for it when it is destroyed.
class async_gate {
 public:
  class lock_operation;

  /// The right to be inside; gives it back when it is destroyed.
  class [[nodiscard]] guard {
   public:
    guard() noexcept = default;
    guard(guard&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    guard& operator=(guard&& other) noexcept {
      guard(std::move(other)).swap(*this);
      return *this;
    }
    ~guard() { unlock(); }

    [[nodiscard]] bool owns_lock() const noexcept { return gate_ != nullptr; }
    void unlock() noexcept {
      if (gate_ != nullptr) std::exchange(gate_, nullptr)->unlock();
    }

   private:
    friend class async_gate;
    explicit guard(async_gate& gate) noexcept : gate_(&gate) {}
    void swap(guard& other) noexcept { std::swap(gate_, other.gate_); }

    async_gate* gate_ = nullptr;
  };

  async_gate() noexcept = default;
  async_gate(const async_gate&) = delete;
  async_gate& operator=(const async_gate&) = delete;
  ~async_gate() {
    detail::require(arrived_.load(std::memory_order_relaxed) == open(), "a gate ends while it is locked");
  }

  [[nodiscard]] lock_operation lock() noexcept;
  /// Returns: a guard that owns the lock only when nobody was inside.
  [[nodiscard]] guard try_lock() noexcept {
    auto expected = open();
    return arrived_.compare_exchange_strong(expected, nullptr, std::memory_order_acquire, std::memory_order_relaxed)
               ? guard(*this)
               : guard();
  }

 private:
  void unlock() noexcept;
  bool enter_or_wait(lock_operation& waiter) noexcept;
  /// The state in which nobody is inside, distinct from every waiter and from null: locked, nobody new waits.
  [[nodiscard]] lock_operation* open() const noexcept {
    return reinterpret_cast<lock_operation*>(const_cast<async_gate*>(this));  // NOLINT: never followed.
  }

  std::atomic<lock_operation*> arrived_{open()};  // Those that came since `waiting_` was filled, the last one first.
  lock_operation* waiting_ = nullptr;             // In order of arrival; whoever is inside owns it.
};

/// What `lock` returns; lives in the awaiting frame.
class [[nodiscard]] async_gate::lock_operation : private loop_work {
 public:
  explicit lock_operation(async_gate& gate) noexcept : loop_work(&lock_operation::enter), gate_(gate) {}

  [[nodiscard]] static bool await_ready() noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> h) noexcept {
    handle_ = h;
    home_ = loop::current();
    return !gate_.enter_or_wait(*this);
  }
  [[nodiscard]] guard await_resume() const noexcept { return guard(gate_); }

 private:
  friend class async_gate;
  static void enter(loop_work& self) noexcept { static_cast<lock_operation&>(self).handle_.resume(); }
  void resume() noexcept {
    if (home_ != nullptr) {
      home_->post(*this);
    } else {
      handle_.resume();
    }
  }

  async_gate& gate_;
  std::coroutine_handle<> handle_;
  loop* home_ = nullptr;
  lock_operation* next_ = nullptr;
};

inline async_gate::lock_operation async_gate::lock() noexcept {
  return lock_operation(*this);
}

// Returns: true when the gate was open and is now locked by this caller.
inline bool async_gate::enter_or_wait(lock_operation& waiter) noexcept {
  auto* seen = arrived_.load(std::memory_order_relaxed);
  while (true) {
    if (seen == open()) {
      if (arrived_.compare_exchange_weak(seen, nullptr, std::memory_order_acquire, std::memory_order_relaxed))
        return true;
    } else {
      waiter.next_ = seen;
      if (arrived_.compare_exchange_weak(seen, &waiter, std::memory_order_release, std::memory_order_relaxed))
        return false;
    }
  }
}

inline void async_gate::unlock() noexcept {
  if (waiting_ == nullptr) {
    lock_operation* nobody = nullptr;
    if (arrived_.compare_exchange_strong(nobody, open(), std::memory_order_release, std::memory_order_relaxed)) return;
    auto* last = arrived_.exchange(nullptr, std::memory_order_acquire);
    while (last != nullptr) {
      auto* earlier = last->next_;
      last->next_ = waiting_;
      waiting_ = std::exchange(last, earlier);
    }
  }
  // The lock passes to the first, who may end the gate: nothing of it may be touched afterwards.
  auto& first = *waiting_;
  waiting_ = first.next_;
  first.resume();
}

}  // namespace randomio
