#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace randomiofs::fuse {

/// Page-aligned buffers for requests and replies, kept for reuse: a fresh megabyte costs its page faults.
/// Holds on to at most 8 large and 32 small ones; how many are out is bounded by the requests in flight.
///
/// Threads: one loop's only. A lease must end on that loop, before the pool does.
class buffer_pool {
 public:
  static constexpr std::size_t page_bytes = 4096;
  static constexpr std::size_t payload_bytes_max = std::size_t{1} << 20;  ///< The kernel's limit for one request.
  /// One page before the payload for the header, one after for what the kernel wants to spare.
  static constexpr std::size_t large_bytes = page_bytes + payload_bytes_max + page_bytes;
  static constexpr std::size_t small_bytes = 64 << 10;

  class lease {
   public:
    lease() noexcept = default;
    lease(lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), memory_(std::exchange(other.memory_, {})) {}
    lease& operator=(lease&& other) noexcept {
      std::swap(pool_, other.pool_);
      std::swap(memory_, other.memory_);
      return *this;
    }
    ~lease() {
      if (pool_ != nullptr) pool_->put(memory_);
    }
    [[nodiscard]] std::span<std::byte> bytes() const noexcept { return memory_; }
    [[nodiscard]] explicit operator bool() const noexcept { return pool_ != nullptr; }

   private:
    friend class buffer_pool;
    lease(buffer_pool& pool, std::span<std::byte> memory) noexcept : pool_(&pool), memory_(memory) {}
    buffer_pool* pool_ = nullptr;
    std::span<std::byte> memory_;
  };

  buffer_pool() = default;
  buffer_pool(const buffer_pool&) = delete;
  buffer_pool& operator=(const buffer_pool&) = delete;
  ~buffer_pool() {
    for (auto* memory : large_) std::free(memory);
    for (auto* memory : small_) std::free(memory);
  }

  /// At least `bytes` bytes, at most `large_bytes`; an empty lease when there is no memory.
  [[nodiscard]] lease take(std::size_t bytes) {
    const bool small = bytes <= small_bytes;
    auto& free_list = small ? small_ : large_;
    const auto size = small ? small_bytes : large_bytes;
    if (!free_list.empty()) {
      auto* memory = free_list.back();
      free_list.pop_back();
      return {*this, {memory, size}};
    }
    auto* memory = static_cast<std::byte*>(std::aligned_alloc(page_bytes, size));
    if (memory == nullptr) return {};
    return {*this, {memory, size}};
  }

 private:
  void put(std::span<std::byte> memory) noexcept {
    const bool small = memory.size() == small_bytes;
    auto& free_list = small ? small_ : large_;
    if (free_list.size() >= (small ? 32u : 8u)) {
      std::free(memory.data());
    } else {
      free_list.push_back(memory.data());
    }
  }

  std::vector<std::byte*> large_, small_;
};

}  // namespace randomiofs::fuse
