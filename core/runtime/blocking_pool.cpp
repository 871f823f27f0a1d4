#include <randomio/core/runtime/blocking_pool.hpp>

#include <algorithm>
#include <system_error>

namespace randomio {

blocking_pool::blocking_pool(unsigned threads) : threads_max_(std::max(threads, 1U)) {
  threads_.reserve(threads_max_);
}

blocking_pool::~blocking_pool() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  available_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void blocking_pool::submit(job& work) noexcept {
  work.next_ = nullptr;
  std::unique_lock lock(mutex_);
  if (idle_ <= queued_ && threads_.size() < threads_max_ && !start_thread() && threads_.empty()) {
    // The system gives no thread at all: blocking here is all that is left.
    lock.unlock();
    work.run_(work);
    return;
  }
  (last_ != nullptr ? last_->next_ : first_) = &work;
  last_ = &work;
  ++queued_;
  // Under the lock: once it is open the work may be done, and whoever waited for it may end the pool.
  if (idle_ != 0) available_.notify_one();
}

bool blocking_pool::start_thread() noexcept {
  try {
    threads_.emplace_back([this] { serve(); });
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

void blocking_pool::serve() noexcept {
  std::unique_lock lock(mutex_);
  while (true) {
    while (first_ == nullptr && !closing_) {
      ++idle_;
      available_.wait(lock);
      --idle_;
    }
    if (first_ == nullptr) return;
    job& work = *first_;
    first_ = work.next_;
    if (first_ == nullptr) last_ = nullptr;
    --queued_;
    lock.unlock();
    work.run_(work);
    lock.lock();
  }
}

}  // namespace randomio
