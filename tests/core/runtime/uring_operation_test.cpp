#include <randomio/core/runtime/uring_operation.hpp>

#include <liburing.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/core/runtime/sync_wait.hpp>
#include <randomio/core/runtime/task.hpp>
#include <randomio/core/runtime/task_scope.hpp>

#include "each_loop.hpp"
#include "seed.hpp"
#include "test_pipe.hpp"
#include "tests/support/allocation_count.hpp"

using namespace randomio;
using namespace std::chrono_literals;

namespace {

auto nop() {
  return uring_call([](io_uring_sqe& sqe) { io_uring_prep_nop(&sqe); });
}
auto read_byte(int fd, char& into, stop_token stop = {}) {
  return uring_call([fd, &into](io_uring_sqe& sqe) { io_uring_prep_read(&sqe, fd, &into, 1, 0); }, stop);
}

/// Reads until its buffer is full or the file ends: several requests in a row.
class read_full final : public uring_operation<read_full> {
 public:
  read_full(int fd, std::span<char> out, stop_token stop = {}) : uring_operation(stop), fd_(fd), out_(out) {}
  void prepare(io_uring_sqe& sqe) noexcept {
    const auto left = out_.subspan(done_);
    io_uring_prep_read(&sqe, fd_, left.data(), static_cast<unsigned>(left.size()), 0);
  }
  bool again(std::int32_t result) noexcept {
    if (result > 0) done_ += static_cast<std::size_t>(result);
    return result > 0 && done_ < out_.size();
  }
  std::pair<std::size_t, std::int32_t> await_resume() noexcept { return {done_, outcome()}; }

 private:
  int fd_;
  std::span<char> out_;
  std::size_t done_ = 0;
};

task<void> count_nops(int count, int& done) {
  for (int i = 0; i < count; ++i) {
    if (co_await nop() == 0) ++done;
  }
}
task<int> many_nops(int tasks, int each) {
  int done = 0;
  task_scope scope;
  for (int i = 0; i < tasks; ++i) scope.spawn(count_nops(each, done));
  co_await scope.join();
  co_return done;
}

task<void> one_read(int fd, stop_token stop, std::optional<std::int32_t>& result) {
  char byte = 0;
  result = co_await read_byte(fd, byte, stop);
}
task<void> hanging_reads(int fd, stop_source& stop, std::vector<std::optional<std::int32_t>>& results) {
  task_scope scope;
  for (auto& result : results) scope.spawn(one_read(fd, stop.token(), result));
  co_await scope.join();
}

task<std::size_t> allocations_of_nops(int count) {
  const auto before = allocations_here();
  for (int i = 0; i < count; ++i) static_cast<void>(co_await nop());
  co_return allocations_here() - before;
}

}  // namespace

TEST_CASE("an awaited request returns its result on the same thread") {
  auto loop = require_loop(loop::kind::uring);
  test_pipe pipe(0);
  pipe.put("x");
  struct code {
    static task<bool> read_one(int fd) {
      const auto here = std::this_thread::get_id();
      char byte = 0;
      const auto result = co_await read_byte(fd, byte);
      co_return result == 1 && byte == 'x' && std::this_thread::get_id() == here;
    }
  };
  REQUIRE(sync_wait(*loop, code::read_one(pipe.ends[0])));
}

TEST_CASE("more requests in one turn than either queue has entries all complete") {
  auto loop = require_loop(loop::kind::uring);
  REQUIRE(sync_wait(*loop, many_nops(10 * uring_loop::entries, 3)) == 30 * static_cast<int>(uring_loop::entries));
}

TEST_CASE("thousands of requests that become complete together all resume") {
  // All reads wait on one pipe; closing its other end completes them together.
  auto loop = require_loop(loop::kind::uring);
  auto pipe = std::make_unique<test_pipe>(0);
  const int end = ::dup(pipe->ends[0]);
  struct code {
    static task<void> close_soon(std::unique_ptr<test_pipe>& pipe) {
      for (int i = 0; i < 20; ++i) static_cast<void>(co_await nop());
      pipe.reset();
    }
    static task<long> ends_of_file(int fd, std::unique_ptr<test_pipe>& pipe) {
      stop_source never;
      std::vector<std::optional<std::int32_t>> results(6'000);
      task_scope scope;
      for (auto& result : results) scope.spawn(one_read(fd, never.token(), result));
      scope.spawn(close_soon(pipe));
      co_await scope.join();
      co_return std::count(results.begin(), results.end(), 0);
    }
  };
  REQUIRE(sync_wait(*loop, code::ends_of_file(end, pipe)) == 6'000);
  ::close(end);
}

TEST_CASE("a watch goes on after the completion queue was full when its file became readable") {
  auto loop = require_loop(loop::kind::uring);
  struct counter : fd_watch {
    explicit counter(int fd)
        : fd_watch(fd, [](fd_watch& self) noexcept {
            for (char byte = 0; ::read(self.fd, &byte, 1) == 1;) ++static_cast<counter&>(self).bytes;
          }) {}
    int bytes = 0;
  };
  test_pipe watched;
  counter watch(watched.ends[0]);
  REQUIRE(loop->watch(watch));
  struct code {
    // All in one turn: the first submissions complete at once and fill the queue before it is read.
    static task<void> overflow(const test_pipe& watched) {
      int done = 0;
      task_scope scope;
      for (unsigned i = 0; i < 10 * uring_loop::entries; ++i) scope.spawn(count_nops(1, done));
      for (int i = 0; i < 4; ++i) watched.put("x");
      co_await scope.join();
    }
  };
  loop->turn(0ns);  // Starts the poll.
  sync_wait(*loop, code::overflow(watched));
  for (int i = 5; i < 50; ++i) {
    watched.put("y");
    for (const auto limit = std::chrono::steady_clock::now() + 10s; watch.bytes < i;) {
      REQUIRE(std::chrono::steady_clock::now() < limit);
      loop->turn(100ms);
    }
  }
  loop->unwatch(watch);
}

TEST_CASE("an operation of several requests") {
  auto loop = require_loop(loop::kind::uring);
  test_pipe pipe(0);
  std::array<char, 4> out{};
  struct code {
    static task<std::pair<std::size_t, std::int32_t>> fill(int fd, std::span<char> out, stop_token stop) {
      co_return co_await read_full(fd, out, stop);
    }
  };
  SECTION("goes on until it is done") {
    std::jthread writer([&] {
      for (const char* byte : {"a", "b", "c", "d"}) {
        pipe.put(byte);
        std::this_thread::sleep_for(2ms);
      }
    });
    const auto [done, last] = sync_wait(*loop, code::fill(pipe.ends[0], out, {}));
    REQUIRE(done == 4);
    REQUIRE(last > 0);
    REQUIRE(std::string(out.data(), 4) == "abcd");
  }
  SECTION("is cancelled between two of them") {
    stop_source stop;
    pipe.put("a");
    std::jthread stopper([&] {
      std::this_thread::sleep_for(5ms);
      stop.request_stop();
    });
    REQUIRE(sync_wait(*loop, code::fill(pipe.ends[0], out, stop.token())) ==
            std::pair<std::size_t, std::int32_t>(1, -ECANCELED));
  }
}

TEST_CASE("a stop that came first keeps the request from starting") {
  auto loop = require_loop(loop::kind::uring);
  test_pipe pipe(0);
  pipe.put("x");
  stop_source stop;
  stop.request_stop();
  std::optional<std::int32_t> result;
  sync_wait(*loop, one_read(pipe.ends[0], stop.token(), result));
  REQUIRE(result == -ECANCELED);
  sync_wait(*loop, one_read(pipe.ends[0], {}, result));
  REQUIRE(result == 1);
}

TEST_CASE("stop from another thread completes every hanging read, once") {
  auto loop = require_loop(loop::kind::uring);
  test_pipe pipe(0);
  stop_source stop;
  std::vector<std::optional<std::int32_t>> results(1'000);
  std::jthread stopper([&] {
    std::this_thread::sleep_for(5ms);
    stop.request_stop();
  });
  sync_wait(*loop, hanging_reads(pipe.ends[0], stop, results));
  for (const auto& result : results) REQUIRE(result == -ECANCELED);
}

TEST_CASE("stop races with completion: each read ends once, cancelled or with its byte, and no byte is lost") {
  seeded random;
  INFO(random.text());
  auto loop = require_loop(loop::kind::uring);
  for (int round = 0; round < 400; ++round) {
    test_pipe pipe(0);
    stop_source stop;
    std::vector<std::optional<std::int32_t>> results(1 + random.below(20));
    const int bytes = static_cast<int>(random.below(static_cast<unsigned>(results.size()) + 1));
    const auto spin = [](unsigned count) {
      for (volatile unsigned i = 0; i < count; i = i + 1) {
      }
    };
    const unsigned before_stop = random.below(60'000);
    const unsigned between = random.below(10'000);
    std::jthread writer([&] {
      for (int i = 0; i < bytes; ++i) {
        spin(between);
        pipe.put("x");
      }
    });
    std::jthread stopper([&] {
      spin(before_stop);
      stop.request_stop();
    });
    sync_wait(*loop, hanging_reads(pipe.ends[0], stop, results));
    writer.join();
    int read = 0;
    for (const auto& result : results) {
      REQUIRE((result == 1 || result == -ECANCELED));
      if (result == 1) ++read;
    }
    int left = 0;
    ::fcntl(pipe.ends[0], F_SETFL, O_NONBLOCK);
    for (char byte = 0; ::read(pipe.ends[0], &byte, 1) == 1;) ++left;
    REQUIRE(read + left == bytes);
  }
}

TEST_CASE("an awaited request allocates nothing") {
  auto loop = require_loop(loop::kind::uring);
  REQUIRE(sync_wait(*loop, allocations_of_nops(1'000)) == 0);
}

TEST_CASE("an erased operation fits the scratch beside two words and a buffer") {
  REQUIRE(sizeof(read_full) <= 160);
}
