#pragma once

#include <atomic>
#include <utility>

namespace randomio {

class stop_source;

/// The right to ask whether an operation should stop. A borrowed pointer, two words of nothing: it neither
/// allocates nor counts references, so the `stop_source` must outlive every operation it was given to.
class stop_token {
 public:
  constexpr stop_token() noexcept = default;
  [[nodiscard]] bool stop_requested() const noexcept;
  [[nodiscard]] constexpr bool stop_possible() const noexcept { return source_ != nullptr; }
  friend constexpr bool operator==(stop_token, stop_token) noexcept = default;

 private:
  friend class stop_source;
  friend class stop_callback_base;
  explicit constexpr stop_token(stop_source* source) noexcept : source_(source) {}

  stop_source* source_ = nullptr;
};

/// A link in a source's list of callbacks; `stop_callback` below is the one to use.
class stop_callback_base {
 public:
  stop_callback_base(const stop_callback_base&) = delete;
  stop_callback_base& operator=(const stop_callback_base&) = delete;

 protected:
  using run_function = void (*)(stop_callback_base*) noexcept;
  stop_callback_base(stop_token token, run_function run) noexcept : source_(token.source_), run_(run) {}
  ~stop_callback_base() = default;
  void attach() noexcept;
  void detach() noexcept;

 private:
  friend class stop_source;
  stop_source* source_;
  run_function run_;
  stop_callback_base* next_ = nullptr;
  stop_callback_base* previous_ = nullptr;
  bool attached_ = false;
};

/// Asks operations to stop. Asking is all it does: each operation still completes, exactly once.
///
/// Threads: `request_stop` may be called from any thread; callbacks run on the calling thread, under the
///          source's lock, and must therefore be short and must not create or destroy callbacks of this source.
class stop_source {
 public:
  stop_source() noexcept = default;
  stop_source(const stop_source&) = delete;
  stop_source& operator=(const stop_source&) = delete;

  [[nodiscard]] stop_token token() noexcept { return stop_token(this); }
  [[nodiscard]] bool stop_requested() const noexcept { return requested_.load(std::memory_order_acquire); }

  /// Returns: true the first time.
  bool request_stop() noexcept {
    lock();
    const bool first = !requested_.exchange(true, std::memory_order_acq_rel);
    if (first) {
      while (head_ != nullptr) {
        auto* callback = head_;
        unlink(callback);
        callback->run_(callback);
      }
    }
    unlock();
    return first;
  }

 private:
  friend class stop_callback_base;

  void lock() noexcept {
    while (locked_.exchange(true, std::memory_order_acquire)) {
      while (locked_.load(std::memory_order_relaxed)) {
      }
    }
  }
  void unlock() noexcept { locked_.store(false, std::memory_order_release); }
  void unlink(stop_callback_base* callback) noexcept {
    if (callback->previous_ != nullptr) callback->previous_->next_ = callback->next_;
    if (callback->next_ != nullptr) callback->next_->previous_ = callback->previous_;
    if (head_ == callback) head_ = callback->next_;
    callback->attached_ = false;
  }

  std::atomic<bool> locked_{false};
  std::atomic<bool> requested_{false};
  stop_callback_base* head_ = nullptr;
};

inline bool stop_token::stop_requested() const noexcept {
  return source_ != nullptr && source_->stop_requested();
}

inline void stop_callback_base::attach() noexcept {
  if (source_ == nullptr) return;
  source_->lock();
  const bool late = source_->stop_requested();
  if (!late) {
    next_ = source_->head_;
    if (next_ != nullptr) next_->previous_ = this;
    source_->head_ = this;
    attached_ = true;
  }
  source_->unlock();
  if (late) run_(this);
}

inline void stop_callback_base::detach() noexcept {
  if (source_ == nullptr) return;
  source_->lock();  // Waits for a callback that is running on another thread.
  if (attached_) source_->unlink(this);
  source_->unlock();
}

/// Calls `f` once when stop is requested, at once if it already was. Its destructor waits for a call
/// that is running on another thread, so `f` may refer to whatever outlives this object.
template <class F>
class stop_callback : private stop_callback_base {
 public:
  stop_callback(stop_token token, F f) noexcept(std::is_nothrow_move_constructible_v<F>)
      : stop_callback_base(token, [](stop_callback_base* self) noexcept { static_cast<stop_callback*>(self)->f_(); }),
        f_(std::move(f)) {
    attach();
  }
  ~stop_callback() { detach(); }

 private:
  F f_;
};

}  // namespace randomio
