#include <randomio/core/runtime/timer_queue.hpp>

#include <deque>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

using namespace randomio;

namespace {

using instant = timer::clock::time_point;
instant at(int tick) {
  return instant(std::chrono::milliseconds(tick));
}

struct noted : timer {
  noted(int own, std::vector<int>& to) : timer(&noted::expired), index(own), log(to) {}
  static void expired(timer& self) noexcept {
    auto& own = static_cast<noted&>(self);
    own.log.push_back(own.index);
  }
  int index;
  std::vector<int>& log;
};

}  // namespace

TEST_CASE("any mix of adding, removing and expiring does as an ordered set does") {
  const bool held = rc::check("timer_queue = set", [] {
    timer_queue queue;
    std::vector<int> log;
    std::deque<noted> timers;
    std::set<std::pair<int, int>> model;  // (deadline, index)
    std::map<int, int> deadlines;
    int now = 0;
    const auto steps = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
        rc::gen::tuple(rc::gen::inRange(0, 8), rc::gen::inRange(0, 1000), rc::gen::inRange(0, 100)));
    for (const auto& [what, which, delay] : steps) {
      if (what < 5) {
        const int index = static_cast<int>(timers.size());
        timers.emplace_back(index, log);
        queue.add(timers.back(), at(now + delay));
        model.emplace(now + delay, index);
        deadlines[index] = now + delay;
      } else if (what < 7 && !timers.empty()) {
        const int index = which % static_cast<int>(timers.size());
        RC_ASSERT(queue.remove(timers[static_cast<std::size_t>(index)]) ==
                  (model.erase({deadlines[index], index}) == 1));
      } else {
        now += delay / 2;
        log.clear();
        queue.expire(at(now));
        int last = -1;
        for (const int index : log) {
          RC_ASSERT(deadlines[index] >= last);
          last = deadlines[index];
          RC_ASSERT(last <= now);
          RC_ASSERT(model.erase({last, index}) == 1);
        }
        RC_ASSERT(model.empty() || model.begin()->first > now);
      }
      RC_ASSERT(queue.next_deadline().has_value() == !model.empty());
      if (!model.empty()) RC_ASSERT(*queue.next_deadline() == at(model.begin()->first));
    }
  });
  REQUIRE(held);
}

TEST_CASE("a timer may add itself again, and remove others, while it expires") {
  struct repeating : timer {
    explicit repeating(timer_queue& own, timer& other) : timer(&repeating::expired), queue(own), victim(other) {}
    static void expired(timer& self) noexcept {
      auto& own = static_cast<repeating&>(self);
      own.removed += own.queue.remove(own.victim) ? 1 : 0;
      if (++own.count < 3) own.queue.add(own, at(own.count));
    }
    timer_queue& queue;
    timer& victim;
    int count = 0;
    int removed = 0;
  };
  timer_queue queue;
  std::vector<int> log;
  noted victim(0, log);
  repeating first(queue, victim);
  queue.add(victim, at(1));
  queue.add(first, at(0));
  queue.expire(at(10));
  REQUIRE(first.count == 3);
  REQUIRE(first.removed == 1);
  REQUIRE(log.empty());
  REQUIRE_FALSE(queue.next_deadline().has_value());
}
