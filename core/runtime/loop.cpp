#include <randomio/core/runtime/loop.hpp>

#include <algorithm>
#include <thread>
#include <utility>

#include <randomio/core/runtime/invariant.hpp>

namespace randomio {

thread_local loop* loop::current_ = nullptr;

void loop::run() {
  loop* outer = std::exchange(current_, this);
  while (!stopping_.exchange(false, std::memory_order_acquire)) once(std::chrono::nanoseconds(-1));
  leave(outer);
}

void loop::run_until(const bool& done) {
  loop* outer = std::exchange(current_, this);
  while (!done) once(std::chrono::nanoseconds(-1));
  leave(outer);
}

void loop::turn(std::chrono::nanoseconds wait) {
  loop* outer = std::exchange(current_, this);
  once(wait);
  leave(outer);
}

// Waiting comes first, so that everything a turn prepared travels to the kernel with the next turn's wait.
void loop::once(std::chrono::nanoseconds bound) noexcept {
  if (const auto deadline = timers_.next_deadline()) {
    const auto left = std::max(*deadline - timer::clock::now(), timer::clock::duration::zero());
    if (bound.count() < 0 || left < bound) bound = left;
  }
  // Either a poster sees that the loop sleeps, or the loop sees what was posted: both sides are sequentially
  // consistent.
  asleep_.store(true, std::memory_order_seq_cst);
  if (posted_.load(std::memory_order_seq_cst) != nullptr) bound = std::chrono::nanoseconds::zero();
  wait(bound);
  woke();
  if (timers_.next_deadline()) timers_.expire(timer::clock::now());
  run_posted();
}

// Whoever waits now, waits on the native handle: it must see what this turn left to do.
void loop::leave(loop* outer) noexcept {
  flush();
  asleep_.store(true, std::memory_order_seq_cst);
  if (posted_.load(std::memory_order_seq_cst) != nullptr) wake();
  current_ = outer;
}

void loop::stop() noexcept {
  posters_.fetch_add(1, std::memory_order_acquire);
  stopping_.store(true, std::memory_order_release);
  wake();
  posters_.fetch_sub(1, std::memory_order_release);
}

void loop::post(loop_work& work) noexcept {
  // A turn runs its own thread's posts without being woken.
  const bool inside = current_ == this;
  if (!inside) posters_.fetch_add(1, std::memory_order_acquire);
  auto* first = posted_.load(std::memory_order_relaxed);
  do {
    work.next_ = first;
  } while (!posted_.compare_exchange_weak(first, &work, std::memory_order_seq_cst, std::memory_order_relaxed));
  if (inside) return;
  // From here on the work may be gone, and whoever waited for it may be about to end the loop.
  if (asleep_.load(std::memory_order_seq_cst) && asleep_.exchange(false, std::memory_order_relaxed)) wake();
  posters_.fetch_sub(1, std::memory_order_release);
}

void loop::run_posted() noexcept {
  auto* last = posted_.exchange(nullptr, std::memory_order_acquire);
  loop_work* first = nullptr;
  while (last != nullptr) {
    auto* earlier = last->next_;
    last->next_ = first;
    first = std::exchange(last, earlier);
  }
  while (first != nullptr) {
    auto& work = *first;
    first = work.next_;
    work.run_(work);
  }
}

void loop::await_posters() const noexcept {
  while (posters_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
}

}  // namespace randomio
