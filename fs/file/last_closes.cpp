#include "fs/file/last_closes.hpp"

#include <algorithm>
#include <utility>

#include <randomio/core/runtime/sleep.hpp>

#include "fs/namespace/mount_tree.hpp"
#include "fs/telemetry/log.hpp"

namespace randomiofs {

using randomio::task;

namespace {

// A close can be an upload: many at a time would compete for memory and for the line.
constexpr std::size_t at_a_time = 16;
constexpr std::chrono::nanoseconds told_after = std::chrono::seconds(10);
constexpr std::size_t told_max = 20;

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

void last_closes::tell_what_is_left() const {
  std::size_t told = 0;
  for (const auto& one : files_) {
    if (one == nullptr || ++told > told_max) continue;
    log::warning("the end of the mount waits for a file to close",
                 {{"backend", one->node().store->name}, {"inode", one->node().ino}});
  }
  if (told > told_max) log::warning("the end of the mount waits for more files to close", {{"count", told - told_max}});
}

task<bool> last_closes::wait(std::chrono::nanoseconds bound) {
  if (!std::exchange(started_, true)) {
    for (std::size_t i = 0; i < std::min(at_a_time, files_.size()); ++i) closing_.spawn(close_some());
  }
  const auto until = std::chrono::steady_clock::now() + bound;
  for (auto pause = told_after; left() != 0; pause *= 2) {
    const auto time_left = until - std::chrono::steady_clock::now();
    if (time_left.count() <= 0) co_return false;
    const auto slept =
        co_await randomio::sleep_for(std::min<std::chrono::nanoseconds>(pause, time_left), all_closed_.token());
    if (slept && left() != 0) tell_what_is_left();
  }
  co_await closing_.join();
  co_return true;
}

}  // namespace randomiofs
