#pragma once

#include <algorithm>
#include <atomic>

namespace randomio::http {

/// What bounds the retries of all requests of a client together: each takes from it, and successes give back. When it
/// is empty, most requests fail and retrying them soon would only add to the load.
///
/// Threads: any.
class retry_budget {
 public:
  explicit retry_budget(unsigned tokens_max) noexcept : tokens_max_(tokens_max), tokens_(tokens_max) {}

  /// Returns: false, and takes nothing, when there are not as many.
  [[nodiscard]] bool take(unsigned tokens) noexcept {
    unsigned seen = tokens_.load(std::memory_order_relaxed);
    do {
      if (seen < tokens) return false;
    } while (!tokens_.compare_exchange_weak(seen, seen - tokens, std::memory_order_relaxed));
    return true;
  }
  void give(unsigned tokens) noexcept {
    unsigned seen = tokens_.load(std::memory_order_relaxed);
    while (seen != tokens_max_ && !tokens_.compare_exchange_weak(seen, seen + std::min(tokens, tokens_max_ - seen),
                                                                 std::memory_order_relaxed)) {
    }
  }
  [[nodiscard]] unsigned left() const noexcept { return tokens_.load(std::memory_order_relaxed); }

 private:
  const unsigned tokens_max_;
  std::atomic<unsigned> tokens_;
};

}  // namespace randomio::http
