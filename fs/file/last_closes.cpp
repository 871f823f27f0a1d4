#include "fs/file/last_closes.hpp"

#include <algorithm>
#include <utility>

#include <randomio/core/runtime/sleep.hpp>

namespace randomiofs {

using randomio::task;

namespace {

// A close can be an upload: many at a time would compete for memory and for the line.
constexpr std::size_t at_a_time = 16;

}  // namespace

last_closes::last_closes(std::vector<std::unique_ptr<open_file>> files)
    : files_(std::move(files)), left_(files_.size()) {}

task<void> last_closes::close_some() {
  for (;;) {
    const auto mine = next_.fetch_add(1, std::memory_order_relaxed);
    if (mine >= files_.size()) co_return;
    static_cast<void>(co_await files_[mine]->close());
    files_[mine].reset();
    if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) all_closed_.request_stop();
  }
}

task<bool> last_closes::wait(std::chrono::nanoseconds bound) {
  if (!std::exchange(started_, true)) {
    for (std::size_t i = 0; i < std::min(at_a_time, files_.size()); ++i) closing_.spawn(close_some());
  }
  if (left() != 0) {
    const auto slept = co_await randomio::sleep_for(bound, all_closed_.token());
    if (slept && left() != 0) co_return false;
  }
  co_await closing_.join();
  co_return true;
}

}  // namespace randomiofs
