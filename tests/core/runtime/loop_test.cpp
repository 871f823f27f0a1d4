#include <randomio/core/runtime/loop.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/core/runtime/blocking_pool.hpp>
#include <randomio/core/runtime/sync_wait.hpp>
#include <randomio/core/runtime/task.hpp>

#include "count_work.hpp"
#include "each_loop.hpp"

using namespace randomio;
using namespace std::chrono_literals;

namespace {

/// A thread that posts.
struct posted_from_thread {
  explicit posted_from_thread(loop& to, int count) : works(static_cast<std::size_t>(count)) {
    thread = std::jthread([this, &to] {
      for (auto& work : works) to.post(work);
    });
  }
  std::vector<count_work> works;
  std::jthread thread;
};

}  // namespace

TEST_CASE("a turn runs posted work in order, each once") {
  auto loop = require_loop(each_kind());
  struct ordered : loop_work {
    ordered()
        : loop_work([](loop_work& self) noexcept {
            auto& own = static_cast<ordered&>(self);
            own.order->push_back(own.index);
          }) {}
    std::vector<int>* order = nullptr;
    int index = 0;
  };
  std::vector<int> order;
  std::array<ordered, 5> works;
  for (int i = 0; i < 5; ++i) {
    works[static_cast<std::size_t>(i)].order = &order;
    works[static_cast<std::size_t>(i)].index = i;
    loop->post(works[static_cast<std::size_t>(i)]);
  }
  loop->turn(0ns);
  REQUIRE(order == std::vector<int>{0, 1, 2, 3, 4});
  loop->turn(0ns);
  REQUIRE(order.size() == 5);
}

TEST_CASE("current names the loop during its turns only") {
  auto loop = require_loop(each_kind());
  struct look : loop_work {
    look() : loop_work([](loop_work& self) noexcept { static_cast<look&>(self).seen = loop::current(); }) {}
    randomio::loop* seen = nullptr;
  } work;
  REQUIRE(loop::current() == nullptr);
  loop->post(work);
  loop->turn(0ns);
  REQUIRE(work.seen == loop.get());
  REQUIRE(loop::current() == nullptr);
}

TEST_CASE("a turn waits while nothing is ready, and no longer than asked") {
  auto loop = require_loop(each_kind());
  const auto begun = std::chrono::steady_clock::now();
  const auto took = [&] { return std::chrono::steady_clock::now() - begun; };
  int turns = 0;
  // The kernel may interrupt a wait, for instance to tear down a ring of an earlier test.
  for (; took() < 20ms; ++turns) loop->turn(20ms);
  REQUIRE(turns < 5);
  REQUIRE(took() < 5s);
}

TEST_CASE("a post from another thread ends a wait without bound") {
  auto loop = require_loop(each_kind());
  count_work work;
  std::jthread other([&] {
    std::this_thread::sleep_for(10ms);
    loop->post(work);
  });
  while (work.runs == 0) loop->turn(-1ns);
  REQUIRE(work.runs == 1);
}

TEST_CASE("stop ends run from another thread, and a stop before run is not lost") {
  auto loop = require_loop(each_kind());
  std::jthread other([&] {
    std::this_thread::sleep_for(10ms);
    loop->stop();
  });
  loop->run();
  loop->stop();
  loop->run();
  SUCCEED();
}

TEST_CASE("posts from four threads all run, on the loop's thread") {
  auto loop = require_loop(each_kind());
  constexpr int each = 20'000;
  std::vector<std::unique_ptr<posted_from_thread>> posters;
  for (int i = 0; i < 4; ++i) posters.push_back(std::make_unique<posted_from_thread>(*loop, each));
  const auto runs = [&] {
    long sum = 0;
    for (const auto& poster : posters) {
      for (const auto& work : poster->works) sum += work.runs;
    }
    return sum;
  };
  for (const auto& poster : posters) {
    while (poster->works.back().runs == 0) loop->turn(-1ns);
  }
  REQUIRE(runs() == 4 * each);
}

TEST_CASE("a loop may end right after the work that another thread posted") {
  const auto kind = each_kind();
  for (int round = 0; round < 200; ++round) {
    auto loop = require_loop(kind);
    count_work work;
    std::jthread other([&] { loop->post(work); });
    while (work.runs == 0) loop->turn(-1ns);
    loop.reset();
  }
}

TEST_CASE("timers expire in order, not early, and removed ones never") {
  auto loop = require_loop(each_kind());
  struct noting : timer {
    noting()
        : timer([](timer& self) noexcept {
            auto& own = static_cast<noting&>(self);
            own.late = clock::now() - own.due;
            own.order->push_back(own.index);
          }) {}
    std::vector<int>* order = nullptr;
    int index = 0;
    clock::time_point due;
    clock::duration late{-1};
  };
  std::vector<int> order;
  std::array<noting, 4> timers;
  const auto now = timer::clock::now();
  const std::array delays{15ms, 5ms, 10ms, 7ms};
  for (std::size_t i = 0; i < timers.size(); ++i) {
    timers[i].order = &order;
    timers[i].index = static_cast<int>(i);
    timers[i].due = now + delays[i];
    loop->timers().add(timers[i], timers[i].due);
  }
  REQUIRE(loop->timers().remove(timers[3]));
  REQUIRE_FALSE(loop->timers().remove(timers[3]));
  while (order.size() < 3) loop->turn(-1ns);
  REQUIRE(order == std::vector<int>{1, 2, 0});
  for (std::size_t i = 0; i < 3; ++i) REQUIRE(timers[i].late >= 0ns);
  REQUIRE_FALSE(loop->timers().next_deadline().has_value());
}

TEST_CASE("a loop made here may run there") {
  auto loop = require_loop(each_kind());
  count_work work;
  std::jthread runner([&] { loop->run(); });
  loop->post(work);
  while (work.runs == 0) std::this_thread::yield();
  loop->stop();
  runner.join();
}

TEST_CASE("resume_on moves a coroutine to a loop, sync_wait drives one") {
  auto loop = require_loop(each_kind());
  blocking_pool pool(2);
  struct code {
    static task<int> away_and_back(randomio::loop& home, blocking_pool& pool) {
      const auto here = std::this_thread::get_id();
      const auto there = co_await pool.run([] { return std::this_thread::get_id(); });
      if (there == here || std::this_thread::get_id() != here || loop::current() != &home) co_return -1;
      co_await resume_on(home);
      co_return loop::current() == &home ? 42 : -2;
    }
  };
  for (int i = 0; i < 100; ++i) REQUIRE(sync_wait(*loop, code::away_and_back(*loop, pool)) == 42);
}

TEST_CASE("where io_uring is forbidden its loop says so, and the epoll loop works") {
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::array filter{
        sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program{.len = filter.size(), .filter = filter.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ::_exit(10);
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) ::_exit(11);
    const auto uring = make_loop(loop::kind::uring);
    if (uring) ::_exit(1);
    if (uring.error() != errc::unsupported || uring.error().vendor_code() != EPERM) ::_exit(2);
    if (uring.error().message().find("io_uring") == std::string_view::npos) ::_exit(3);
    const auto epoll = make_loop(loop::kind::epoll);
    if (!epoll) ::_exit(4);
    count_work work;
    (*epoll)->post(work);
    (*epoll)->turn(0ns);
    ::_exit(work.runs == 1 ? 0 : 5);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
}
