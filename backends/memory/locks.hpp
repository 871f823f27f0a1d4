#pragma once

#ifdef __STDCPP_THREADS__
#include <shared_mutex>
#endif

namespace randomio::memory {

#ifdef __STDCPP_THREADS__
using shared_mutex = std::shared_mutex;
#else
/// Where a program cannot have threads (wasm32), locking is nothing.
struct shared_mutex {
  void lock() noexcept {}
  void unlock() noexcept {}
  void lock_shared() noexcept {}
  void unlock_shared() noexcept {}
};
#endif

/// Holds a mutex alone for a scope.
class exclusive_guard {
 public:
  explicit exclusive_guard(shared_mutex& m) : mutex_(m) { mutex_.lock(); }
  ~exclusive_guard() { mutex_.unlock(); }
  exclusive_guard(const exclusive_guard&) = delete;
  exclusive_guard& operator=(const exclusive_guard&) = delete;

 private:
  shared_mutex& mutex_;
};

/// Holds a mutex together with other readers for a scope.
class shared_guard {
 public:
  explicit shared_guard(shared_mutex& m) : mutex_(m) { mutex_.lock_shared(); }
  ~shared_guard() { mutex_.unlock_shared(); }
  shared_guard(const shared_guard&) = delete;
  shared_guard& operator=(const shared_guard&) = delete;

 private:
  shared_mutex& mutex_;
};

}  // namespace randomio::memory
