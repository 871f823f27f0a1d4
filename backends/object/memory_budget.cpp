#include <randomio/backends/object/memory_budget.hpp>

#include <utility>

#include <randomio/core/runtime/invariant.hpp>

namespace randomio::object {

std::uint64_t memory_budget::used() const {
  const std::scoped_lock lock(mutex_);
  return used_;
}

std::uint64_t memory_budget::used_max() const {
  const std::scoped_lock lock(mutex_);
  return used_max_;
}

void memory_budget::take(std::uint64_t bytes) noexcept {
  used_ += bytes;
  used_max_ = std::max(used_max_, used_);
}

bool memory_budget::try_reserve(std::uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  if (first_ != nullptr || bytes > staging_max_ || used_ > staging_max_ - bytes) return false;
  take(bytes);
  return true;
}

void memory_budget::release(std::uint64_t bytes) {
  transfer* ready = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    detail::require(bytes <= used_, "more memory is given back than was taken");
    used_ -= bytes;
    auto** tail = &ready;
    while (first_ != nullptr && first_->bytes_ <= total_ - used_) {
      take(first_->bytes_);
      *tail = first_;
      first_ = std::exchange(first_->next_, nullptr);
      tail = &(*tail)->next_;
    }
    if (first_ == nullptr) last_ = nullptr;
  }
  while (ready != nullptr) {
    auto* next = ready->next_;  // Its frame may end as soon as it resumes.
    std::exchange(ready, next)->resume();
  }
}

bool memory_budget::transfer::await_suspend(std::coroutine_handle<> h) noexcept {
  waiting_ = h;
  home_ = loop::current();
  const std::scoped_lock lock(budget_.mutex_);
  detail::require(bytes_ <= budget_.total_, "a transfer asks for more memory than there is");
  if (budget_.first_ == nullptr && bytes_ <= budget_.total_ - budget_.used_) {
    budget_.take(bytes_);
    return false;
  }
  (budget_.last_ != nullptr ? budget_.last_->next_ : budget_.first_) = this;
  budget_.last_ = this;
  return true;
}

void memory_budget::transfer::resume() noexcept {
  if (home_ != nullptr) {
    home_->post(*this);
  } else {
    waiting_.resume();
  }
}

}  // namespace randomio::object
