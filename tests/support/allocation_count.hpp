#pragma once

#include <cstddef>

/// How often operator new was called: by this thread, or by all. Linking allocation_count.cpp replaces it, but not in a
/// sanitizer's build, where `counts_allocations` is false and both are always 0.
std::size_t allocations_here() noexcept;
std::size_t allocations_everywhere() noexcept;

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
inline constexpr bool counts_allocations = true;
#else
inline constexpr bool counts_allocations = false;
#endif
