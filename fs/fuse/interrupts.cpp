#include "fs/fuse/interrupts.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "fs/file/thread_status.hpp"
#include "fs/fuse/interruption.hpp"

namespace randomiofs::fuse {

namespace {

constexpr auto look_again_after = std::chrono::milliseconds(250);

/// Looking does not block: procfs asks the scheduler's own structures, and no disk.
bool is_dying(std::int32_t thread) {
  const auto status = thread_status::of(thread);
  return status && status->is_dying();
}

}  // namespace

void interrupts::tell(std::uint64_t unique) {
  const std::lock_guard lock(mutex_);
  for (auto* one : listeners_) {
    one->heard_.push_back(unique);
    if (one->heard_.size() == 1) one->home_.post(*one);
  }
}

interrupts::listener::listener(interrupts& all, randomio::loop& home, pending_requests& those)
    : loop_work([](loop_work& self) noexcept { static_cast<listener&>(self).hear(); }),
      timer([](timer& self) noexcept {
        auto& own = static_cast<listener&>(self);
        own.is_waiting_ = false;
        own.look();
      }),
      all_(all),
      home_(home),
      requests_(those) {
  const std::lock_guard lock(all_.mutex_);
  all_.listeners_.push_back(this);
}

interrupts::listener::~listener() {
  if (is_waiting_) home_.timers().remove(*this);
  const std::lock_guard lock(all_.mutex_);
  std::erase(all_.listeners_, this);
}

void interrupts::listener::hear() noexcept {
  std::vector<std::uint64_t> heard;
  {
    const std::lock_guard lock(all_.mutex_);
    heard.swap(heard_);
  }
  requests_.for_each([&](pending_request& one) {
    if (std::ranges::find(heard, one.header.unique) != heard.end()) one.is_interrupted = true;
  });
  look();
}

void interrupts::listener::look() noexcept {
  bool is_one_left = false;
  requests_.for_each([&](pending_request& one) {
    if (!one.is_interrupted || one.ends_by == nullptr) return;
    if (!is_dying(one.header.thread) || !one.ends_by->caller_dies()) is_one_left = true;
  });
  if (is_one_left && !std::exchange(is_waiting_, true)) home_.timers().add(*this, clock::now() + look_again_after);
}

}  // namespace randomiofs::fuse
