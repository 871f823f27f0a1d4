#include <rapidcheck.h>
#include <cstdint>
#include <limits>
#include <set>

#include <catch2/catch.hpp>

#include <randomio/core/io/range.hpp>

using randomio::range;

namespace {

constexpr auto last = std::numeric_limits<std::uint64_t>::max();

range arbitrary_range() {
  const auto a = *rc::gen::inRange<std::uint64_t>(0, 20), b = *rc::gen::inRange<std::uint64_t>(0, 20);
  return *range::make(std::min(a, b), std::max(a, b));
}

std::set<std::uint64_t> bytes(range r) {
  std::set<std::uint64_t> all;
  for (auto at = r.start(); at < r.end(); ++at) all.insert(at);
  return all;
}

}  // namespace

static_assert(range::make(2, 5)->len() == 3);
static_assert(!range::make(5, 2));
static_assert(range().empty());

TEST_CASE("range: construction is checked, never saturated") {
  CHECK(range::make(0, last)->len() == last);
  CHECK_FALSE(range::make(1, 0));
  CHECK(range::from_len(last, 0).has_value());
  CHECK(range::from_len(last - 1, 1)->end() == last);
  CHECK_FALSE(range::from_len(last, 1));
  CHECK_FALSE(range::from_len(1, last));
  CHECK(range::empty_at(7).start() == 7);
}

TEST_CASE("range: agrees with sets of bytes") {
  CHECK(rc::check("intersection is the shared bytes", [] {
    const auto a = arbitrary_range(), b = arbitrary_range();
    std::set<std::uint64_t> shared;
    for (const auto at : bytes(a)) {
      if (bytes(b).contains(at)) shared.insert(at);
    }
    const auto both = a.intersection(b);
    RC_ASSERT(both.has_value() == !shared.empty());
    RC_ASSERT(a.intersects(b) == both.has_value());
    if (both) RC_ASSERT(bytes(*both) == shared);
    RC_ASSERT(both == b.intersection(a));
  }));
  CHECK(rc::check("unite covers both and nothing else, when they touch", [] {
    const auto a = arbitrary_range(), b = arbitrary_range();
    auto all = bytes(a);
    all.merge(bytes(b));
    const auto one = a.unite(b);
    RC_ASSERT(one.has_value() == (a.intersects(b) || a.adjacent(b)));
    if (one && !a.empty() && !b.empty()) RC_ASSERT(bytes(*one) == all);
    RC_ASSERT(one == b.unite(a));
  }));
  CHECK(rc::check("contains is membership", [] {
    const auto a = arbitrary_range(), b = arbitrary_range();
    const auto at = *rc::gen::inRange<std::uint64_t>(0, 21);
    RC_ASSERT(a.contains(at) == bytes(a).contains(at));
    if (a.contains(b)) {
      for (const auto inside : bytes(b)) RC_ASSERT(a.contains(inside));
    } else if (!b.empty()) {
      RC_ASSERT(!(a.contains(b.start()) && a.contains(b.end() - 1)));
    }
  }));
  CHECK(rc::check("adjacent ranges share an end and no byte", [] {
    const auto a = arbitrary_range(), b = arbitrary_range();
    RC_ASSERT(a.adjacent(b) == b.adjacent(a));
    if (a.adjacent(b) && !a.empty() && !b.empty()) RC_ASSERT(!a.intersects(b));
  }));
}

TEST_CASE("range: any two 64-bit numbers make a right one or none") {
  CHECK(rc::check("make and from_len", [](std::uint64_t a, std::uint64_t b) {
    const auto made = range::make(a, b);
    RC_ASSERT(made.has_value() == (a <= b));
    if (made) RC_ASSERT(made->start() == a && made->end() == b && made->len() == b - a);
    const auto sized = range::from_len(a, b);
    RC_ASSERT(sized.has_value() == (b <= last - a));
    if (sized) RC_ASSERT(sized->len() == b && sized->start() == a);
  }));
}
