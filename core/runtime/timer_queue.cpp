#include <randomio/core/runtime/timer_queue.hpp>

#include <utility>

#include <randomio/core/runtime/invariant.hpp>

namespace randomio {

// Joins two heaps; both are roots without siblings.
timer* timer_queue::meld(timer* a, timer* b) noexcept {
  if (a == nullptr) return b;
  if (b == nullptr) return a;
  if (b->deadline_ < a->deadline_) std::swap(a, b);
  b->next_ = a->child_;
  b->previous_ = a;
  if (a->child_ != nullptr) a->child_->previous_ = b;
  a->child_ = b;
  return a;
}

// The two passes of a pairing heap: pairs from the left, then all of them from the right.
timer* timer_queue::meld_siblings(timer* first) noexcept {
  timer* pairs = nullptr;  // Linked through next_, the last one first.
  while (first != nullptr) {
    timer* a = first;
    timer* b = a->next_;
    first = b != nullptr ? b->next_ : nullptr;
    a->next_ = a->previous_ = nullptr;
    if (b != nullptr) b->next_ = b->previous_ = nullptr;
    timer* pair = meld(a, b);
    pair->next_ = pairs;
    pairs = pair;
  }
  timer* root = nullptr;
  while (pairs != nullptr) {
    timer* rest = std::exchange(pairs->next_, nullptr);
    root = meld(root, pairs);
    pairs = rest;
  }
  return root;
}

void timer_queue::add(timer& t, timer::clock::time_point deadline) noexcept {
  detail::require(!t.waiting_, "a timer is added while it waits");
  t.deadline_ = deadline;
  t.child_ = t.next_ = t.previous_ = nullptr;
  t.waiting_ = true;
  first_ = meld(first_, &t);
}

bool timer_queue::remove(timer& t) noexcept {
  if (!std::exchange(t.waiting_, false)) return false;
  timer* below = meld_siblings(std::exchange(t.child_, nullptr));
  if (first_ == &t) {
    first_ = below;
    return true;
  }
  if (t.previous_->child_ == &t) {
    t.previous_->child_ = t.next_;
  } else {
    t.previous_->next_ = t.next_;
  }
  if (t.next_ != nullptr) t.next_->previous_ = t.previous_;
  first_ = meld(first_, below);
  return true;
}

void timer_queue::expire(timer::clock::time_point now) noexcept {
  while (first_ != nullptr && first_->deadline_ <= now) {
    timer& due = *first_;
    remove(due);
    due.expire_(due);
  }
}

}  // namespace randomio
