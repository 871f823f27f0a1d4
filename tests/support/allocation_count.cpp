#include "tests/support/allocation_count.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
thread_local std::size_t here = 0;
std::atomic<std::size_t> everywhere{0};
}  // namespace

std::size_t allocations_here() noexcept {
  return here;
}
std::size_t allocations_everywhere() noexcept {
  return everywhere;
}

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
void* operator new(std::size_t size) {
  ++here;
  ++everywhere;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
#endif
