#pragma once

namespace randomio::detail {

/// Ends the program with one line that says which promise was broken.
[[noreturn, gnu::cold]] void broken_invariant(const char* what) noexcept;

/// An assertion that stays in release builds: going on would lose or mix data.
inline void require(bool holds, const char* what) noexcept {
  if (!holds) [[unlikely]] {
    broken_invariant(what);
  }
}

}  // namespace randomio::detail
