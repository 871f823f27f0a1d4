#pragma once

#include <cstddef>

/// How often this thread has called operator new. Linking allocation_count.cpp replaces it,
/// but not in a sanitizer's build, where this is always 0.
std::size_t allocations_here() noexcept;
