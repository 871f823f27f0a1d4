#include <randomio/backends/object/read_ahead.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <coroutine>
#include <cstring>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include <randomio/core/runtime/either_stop.hpp>
#include <randomio/core/runtime/sleep.hpp>
#include <randomio/core/runtime/task_scope.hpp>

namespace randomio::object {

namespace {

constexpr std::uint64_t block_bytes_min = std::uint64_t{512} << 10;
constexpr std::uint64_t block_bytes_max = std::uint64_t{8} << 20;
constexpr std::size_t blocks_max = 8;  ///< In flight or waiting to be read, per handle.
constexpr std::uint64_t window_bytes_max = std::uint64_t{64} << 20;
/// The kernel asks for the pieces of one stream in any order: this far around the next byte counts as going on.
constexpr std::uint64_t slack_bytes = std::uint64_t{2} << 20;

struct block {
  std::uint64_t start = 0;
  std::unique_ptr<read_room> memory;
  stop_source filled;  ///< Stops those who wait for it.
  result<std::size_t> count = std::size_t{0};
  std::uint64_t edits = 0;

  [[nodiscard]] std::uint64_t end() const noexcept { return start + memory->bytes().size(); }
};

task<void> fill(std::shared_ptr<block> into, std::shared_ptr<content> from, stop_token stop) {
  into->count = co_await from->read(into->start, into->memory->bytes(), stop);
  into->filled.request_stop();
}

/// Others may wait for the block too: it is filled for them when one of them stops.
task<bool> is_filled(block& one, stop_token stop) {
  constexpr auto for_ever = std::chrono::hours(24 * 365);
  if (!one.filled.stop_requested()) {
    either_stop either(one.filled.token(), stop);
    static_cast<void>(co_await sleep_for(for_ever, either.token()));
  }
  co_return one.filled.stop_requested();
}

}  // namespace

class read_ahead::window {
 public:
  window(volume& in, std::shared_ptr<node> of) : volume_(in), node_(std::move(of)) {}
  ~window() {
    blocks_.clear();
    auto joined = fetches_.join();
    const bool runs = joined.await_suspend(std::noop_coroutine());
    detail::require(!runs, "a file of an object store ends while it reads ahead");
    joined.await_resume();
  }

  task<result<std::size_t>> read(std::shared_ptr<content> bytes, std::uint64_t offset, std::span<std::byte> out,
                                 stop_token stop) {
    const auto edits = node_->edits.load(std::memory_order_acquire);
    const auto size = bytes->size();
    auto covering = advance(bytes, offset, out.size(), edits, size);
    std::size_t done = 0;
    for (auto& one : covering) {
      if (!co_await is_filled(*one, stop)) co_return fail(errc::cancelled, operation::read);
      if (!one->count || one->edits != node_->edits.load(std::memory_order_acquire)) break;
      const auto at = offset + done;
      const auto have = one->start + *one->count;
      if (at < one->start || at >= have) break;
      const auto count = std::min<std::uint64_t>(out.size() - done, have - at);
      std::memcpy(out.data() + done, one->memory->bytes().data() + (at - one->start), count);
      done += count;
    }
    if (done == out.size() || (done > 0 && offset + done >= bytes->size())) co_return done;
    auto rest = co_await bytes->read(offset + done, out.subspan(done), stop);
    if (!rest) co_return unexpected(std::move(rest).error());
    co_return done + *rest;
  }

  void start_with(const std::shared_ptr<content>& bytes, first_read first) {
    const auto edits = node_->edits.load(std::memory_order_acquire);
    const auto base = bytes->base();
    if (!base || base->current != first.current || bytes->dirty()) return;
    auto one = std::make_shared<block>();
    one->memory = std::move(first.memory);
    one->count = first.count;
    one->filled.request_stop();
    one->edits = edits;
    const std::scoped_lock lock(mutex_);
    bytes_ = bytes;
    blocks_.push_back(std::move(one));
  }

  task<void> close() {
    fetches_.request_stop();
    co_await fetches_.join();
    const std::scoped_lock lock(mutex_);
    blocks_.clear();
  }

 private:
  using blocks = std::vector<std::shared_ptr<block>>;

  /// Notes a read, starts what comes after it, and gives the blocks that cover its beginning.
  blocks advance(const std::shared_ptr<content>& bytes, std::uint64_t offset, std::uint64_t len, std::uint64_t edits,
                 std::uint64_t size) {
    const std::scoped_lock lock(mutex_);
    if (!blocks_.empty() && (blocks_.front()->edits != edits || bytes_ != bytes)) blocks_.clear();
    const bool goes_on = offset <= next_ + slack_bytes && offset + slack_bytes >= next_ && streak_ > 0;
    if (goes_on || offset == next_) {
      streak_ += len;
    } else {
      streak_ = 0;
      if (blocks_.empty() || offset < blocks_.front()->start || offset >= blocks_.back()->end()) blocks_.clear();
    }
    next_ = goes_on ? std::max(next_, offset + len) : offset + len;
    blocks covering;
    for (const auto& one : blocks_) {
      if (one->end() > offset && one->start < offset + len) covering.push_back(one);
    }
    if (!covering.empty() && covering.front()->start > offset) covering.clear();
    while (!blocks_.empty() && blocks_.front()->end() + slack_bytes <= next_) blocks_.pop_front();
    // A first read of all there is, or of little, is no stream.
    if (streak_ > len || (offset == 0 && len >= block_bytes_min / 4)) start_more(bytes, edits, size);
    return covering;
  }

  void start_more(const std::shared_ptr<content>& bytes, std::uint64_t edits, std::uint64_t size) {
    bytes_ = bytes;
    auto at = blocks_.empty() ? next_ : std::max(next_, blocks_.back()->end());
    const auto ahead = std::min(window_bytes_max, std::max(block_bytes_min, streak_ * 2));
    const auto block_bytes = std::clamp(std::bit_floor(ahead / 4), block_bytes_min, block_bytes_max);
    while (at < size && at < next_ + ahead && blocks_.size() < blocks_max + 1) {
      auto memory = read_room::take(volume_, std::min(block_bytes, size - at));
      if (!memory) return;
      auto one = std::make_shared<block>();
      one->start = at;
      one->edits = edits;
      one->memory = std::move(memory);
      at = one->end();
      blocks_.push_back(one);
      fetches_.spawn(fill(one, bytes, fetches_.token()));
    }
  }

  volume& volume_;
  const std::shared_ptr<node> node_;
  std::mutex mutex_;
  std::deque<std::shared_ptr<block>> blocks_;  ///< In order, without gaps.
  std::shared_ptr<content> bytes_;             ///< That they are of.
  std::uint64_t next_ = 0;
  std::uint64_t streak_ = 0;  ///< How much was read without a jump.
  task_scope fetches_;
};

read_ahead::read_ahead(volume& in, std::shared_ptr<node> of) : window_(std::make_unique<window>(in, std::move(of))) {}
read_ahead::~read_ahead() = default;

void read_ahead::start_with(const std::shared_ptr<content>& bytes, first_read first) {
  window_->start_with(bytes, std::move(first));
}

task<result<std::size_t>> read_ahead::read(std::shared_ptr<content> bytes, std::uint64_t offset,
                                           std::span<std::byte> out, stop_token stop) {
  return window_->read(std::move(bytes), offset, out, stop);
}

task<void> read_ahead::close() {
  return window_->close();
}

}  // namespace randomio::object
