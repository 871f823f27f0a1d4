#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

namespace randomio::object {

/// How much disk staged bytes may take, and where: one for all contents of a process. A file of it has no name, so
/// that nothing stays when the process ends.
///
/// Units:   bytes.
/// Threads: any.
class spill_space {
 public:
  /// Without a directory, or with no bytes, nothing is spilled.
  spill_space(std::string directory, std::uint64_t max) : directory_(std::move(directory)), max_(max) {}
  spill_space(const spill_space&) = delete;
  spill_space& operator=(const spill_space&) = delete;

  [[nodiscard]] const std::string& directory() const noexcept { return directory_; }
  [[nodiscard]] std::uint64_t used() const noexcept { return used_.load(std::memory_order_relaxed); }
  /// Returns: false when there is not enough.
  [[nodiscard]] bool try_reserve(std::uint64_t bytes) noexcept {
    if (directory_.empty()) return false;
    auto used = used_.load(std::memory_order_relaxed);
    do {
      if (bytes > max_ || used > max_ - bytes) return false;
    } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
    return true;
  }
  void release(std::uint64_t bytes) noexcept { used_.fetch_sub(bytes, std::memory_order_relaxed); }

 private:
  const std::string directory_;
  const std::uint64_t max_;
  std::atomic<std::uint64_t> used_{0};
};

}  // namespace randomio::object
