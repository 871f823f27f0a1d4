#pragma once

#include <algorithm>
#include <coroutine>
#include <cstdint>
#include <mutex>

#include <randomio/core/runtime/loop.hpp>

namespace randomio::object {

/// How much memory staged bytes and transfers may take together. Part of it only transfers may take, so that what is
/// staged can always leave: a transfer holds its memory for one request and asks for it once. That part is a quarter,
/// but no less than two of S3's least parts where there is twice as much, and no more than 64 MiB.
///
/// Units:   bytes.
/// Threads: any. Nobody may hold or wait for any of it when it is destroyed.
class memory_budget {
 public:
  explicit memory_budget(std::uint64_t total) noexcept : total_(total), staging_max_(total - for_transfers(total)) {}
  memory_budget(const memory_budget&) = delete;
  memory_budget& operator=(const memory_budget&) = delete;

  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  /// The most that one transfer may ask for.
  [[nodiscard]] std::uint64_t transfer_max() const noexcept {
    return std::max<std::uint64_t>(total_ - staging_max_, 1);
  }
  [[nodiscard]] std::uint64_t used() const;
  [[nodiscard]] std::uint64_t used_max() const;  ///< The most there ever was.

  /// For staging. Returns: false when there is not enough; somebody else's bytes must leave first.
  [[nodiscard]] bool try_reserve(std::uint64_t bytes);
  void release(std::uint64_t bytes);

  class transfer;
  /// For one transfer of at most `transfer_max`; waits, in order of arrival, until there is enough.
  [[nodiscard]] transfer reserve(std::uint64_t bytes) noexcept;

 private:
  [[nodiscard]] static constexpr std::uint64_t for_transfers(std::uint64_t total) noexcept {
    constexpr std::uint64_t least = 10 << 20, most = 64 << 20;
    return std::min(total < 2 * least ? total / 4 : std::max(total / 4, least), most);
  }
  void take(std::uint64_t bytes) noexcept;

  const std::uint64_t total_;
  const std::uint64_t staging_max_;
  mutable std::mutex mutex_;
  std::uint64_t used_ = 0;
  std::uint64_t used_max_ = 0;
  transfer* first_ = nullptr;
  transfer* last_ = nullptr;
};

/// What `reserve` returns; lives in the awaiting frame. The memory belongs to the caller until it calls `release`.
class [[nodiscard]] memory_budget::transfer : private loop_work {
 public:
  transfer(memory_budget& budget, std::uint64_t bytes) noexcept
      : loop_work([](loop_work& self) noexcept { static_cast<transfer&>(self).waiting_.resume(); }),
        budget_(budget),
        bytes_(bytes) {}

  [[nodiscard]] static bool await_ready() noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> h) noexcept;
  static void await_resume() noexcept {}

 private:
  friend class memory_budget;
  void resume() noexcept;

  memory_budget& budget_;
  std::uint64_t bytes_;
  std::coroutine_handle<> waiting_;
  loop* home_ = nullptr;
  transfer* next_ = nullptr;
};

inline memory_budget::transfer memory_budget::reserve(std::uint64_t bytes) noexcept {
  return {*this, bytes};
}

}  // namespace randomio::object
