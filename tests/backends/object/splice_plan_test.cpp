#include <randomio/backends/object/splice_plan.hpp>

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/backends/object/extents_model.hpp"

using namespace randomio;
using namespace randomio::object;
using randomio::testing::modelled;

namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t gib = std::uint64_t{1} << 30;

enum class sizes : std::uint8_t { free, uniform, published_again };

/// Limits small enough that two hundred bytes meet all of them.
limits small_limits(sizes of) {
  const bool reuses = of == sizes::published_again;
  return {.part_bytes_min = reuses ? 1 : *rc::gen::inRange<std::uint64_t>(1, 20),
          .part_bytes_max = *rc::gen::inRange<std::uint64_t>(40, 120),
          .parts_max = *rc::gen::inRange<std::uint32_t>(8, 40),
          .uniform_parts = of == sizes::uniform,
          .reuses_parts = reuses,
          .put_bytes_max = *rc::gen::inRange<std::uint64_t>(0, 300),
          .object_bytes_max = 300};
}

cost_model some_cost() {
  auto cost = *rc::gen::element(cost_model::cheapest(), cost_model::fastest());
  cost.split_bytes_min = *rc::gen::inRange<std::uint64_t>(1, 50);
  cost.mebibyte_copied *= *rc::gen::element(1.0, 1000.0);
  cost.small_part_bytes = *rc::gen::inRange<std::uint64_t>(0, 12);
  cost.small_parts_max = *rc::gen::inRange<std::uint32_t>(1, 20);
  return cost;
}

/// Where the parts of an object end that was published as a few, or as one a byte, or as a whole.
std::vector<std::uint64_t> some_ends(std::uint64_t size) {
  std::vector<std::uint64_t> ends;
  const auto longest = *rc::gen::element<std::uint64_t>(0, 2, 30);
  for (std::uint64_t at = 0; longest > 0 && at < size;) {
    at = std::min(size, at + *rc::gen::inRange<std::uint64_t>(1, longest + 1));
    ends.push_back(at);
  }
  return ends;
}

/// What a store makes of the plan.
std::string replay(const modelled& made, const splice_plan& plan, const plan_terms& terms) {
  std::string out;
  for (const auto& part : plan.parts) {
    const auto pieces = made.list.within(part.at);
    if (part.what == planned_part::kind::copy) {
      RC_ASSERT(pieces.size() == 1U);
      RC_ASSERT(is_copyable(pieces[0], terms));
    }
    if (part.what == planned_part::kind::keep) {
      RC_ASSERT(pieces.size() == 1U);
      RC_ASSERT(pieces[0].what == extent::kind::base);
      const auto end = std::ranges::find(terms.part_ends, pieces[0].from + pieces[0].at.len());
      RC_ASSERT(end != terms.part_ends.end());
      RC_ASSERT((end == terms.part_ends.begin() ? 0 : *std::prev(end)) == pieces[0].from);
    }
    for (const auto& piece : pieces) out += made.read(piece);
  }
  return out;
}

void check_plan(sizes of) {
  const auto made = *rc::gen::arbitrary<modelled>();
  const auto allowed = small_limits(of);
  const auto cost = some_cost();
  const auto ends = of == sizes::published_again ? some_ends(made.base.size()) : std::vector<std::uint64_t>();
  const plan_terms terms{.allowed = allowed,
                         .cost = cost,
                         .base_size = made.base.size(),
                         .part_ends = ends,
                         .upload_bytes = *rc::gen::inRange<std::uint64_t>(1, 60),
                         .upload_bytes_max = 1000,
                         .copies_remote = *rc::gen::arbitrary<bool>()};
  const auto plan = plan_splice(made.list, terms);
  RC_ASSERT(plan.has_value());
  if (plan->is_put) {
    RC_ASSERT(made.bytes.size() <= allowed.put_bytes_max || made.bytes.empty());
    RC_ASSERT(plan->parts.empty());
    return;
  }
  RC_ASSERT(plan->parts.size() <= allowed.parts_max);
  std::uint64_t at = 0;
  const auto first = plan->parts.front().at.len();
  for (const auto& part : plan->parts) {
    const bool is_last = part.at.end() == made.list.size();
    RC_ASSERT(part.at.start() == at);
    RC_ASSERT(!part.at.empty());
    RC_ASSERT(part.at.len() <= allowed.part_bytes_max);
    if (!is_last) RC_ASSERT(part.at.len() >= allowed.part_bytes_min);
    if (of == sizes::uniform) RC_ASSERT((is_last ? part.at.len() <= first : part.at.len() == first));
    at = part.at.end();
  }
  RC_ASSERT(at == made.list.size());
  RC_ASSERT(replay(made, *plan, terms) == made.bytes);
  RC_ASSERT(plan->takes == measure(made.list, plan->parts, false));
}

splice_plan planned(const extents& what, std::uint64_t base, const limits& allowed, const cost_model& cost) {
  const auto plan = plan_splice(what, {.allowed = allowed, .cost = cost, .base_size = base});
  REQUIRE(plan.has_value());
  return *plan;
}

}  // namespace

TEST_CASE("parts tile the result, obey every limit and replay to the content") {
  CHECK(rc::check("where parts differ in size", [] { check_plan(sizes::free); }));
  CHECK(rc::check("where parts have one size", [] { check_plan(sizes::uniform); }));
  CHECK(rc::check("where parts are published again", [] { check_plan(sizes::published_again); }));
}

TEST_CASE("what a stream is appended to is kept or copied, whole, and leaves room for it") {
  CHECK(rc::check([] {
    const auto size = *rc::gen::inRange<std::uint64_t>(1, 200);
    const auto ends = some_ends(size);
    const auto allowed = small_limits(sizes::published_again);
    const auto cost = some_cost();
    const plan_terms terms{.allowed = allowed, .cost = cost, .base_size = size, .part_ends = ends};
    const auto room = *rc::gen::inRange<std::uint64_t>(0, 5);
    const auto parts = plan_base(terms, room);
    RC_ASSERT(parts.has_value());
    RC_ASSERT(parts->size() + room <= allowed.parts_max);
    std::uint64_t at = 0;
    for (const auto& part : *parts) {
      RC_ASSERT(part.what != planned_part::kind::upload);
      RC_ASSERT(part.at.start() == at);
      at = part.at.end();
    }
    RC_ASSERT(at == size);
  }));
}

namespace {

/// Appends of one size to an object whose parts are published again: what they take together.
struct growing {
  growing(limits with, cost_model by) : allowed(with), cost(by) {}

  void append(std::uint64_t bytes) {
    const auto size = ends.empty() ? 0 : ends.back();
    extents list(size);
    static_cast<void>(list.place({.at = *range::from_len(size, bytes), .what = extent::kind::bytes}));
    const auto plan = plan_splice(list, {.allowed = allowed, .cost = cost, .base_size = size, .part_ends = ends});
    REQUIRE(plan.has_value());
    up += plan->takes.bytes_up;
    down += plan->takes.bytes_down;
    copied += plan->takes.bytes_copied;
    ends.clear();
    if (plan->is_put) ends.push_back(list.size());
    for (const auto& part : plan->parts) ends.push_back(part.at.end());
    longest = std::max(longest, ends.size());
  }

  limits allowed;
  cost_model cost;
  std::vector<std::uint64_t> ends;
  std::uint64_t up = 0, down = 0, copied = 0;
  std::size_t longest = 0;
};

}  // namespace

TEST_CASE("1 MiB appended to a block list sends 1 MiB and copies nothing") {
  std::vector<std::uint64_t> ends;
  for (std::uint64_t at = 8 * mib; at <= gib; at += 8 * mib) ends.push_back(at);
  extents what(gib);
  static_cast<void>(what.place({.at = *range::from_len(gib, mib), .what = extent::kind::bytes}));
  const limits allowed{.part_bytes_min = 1, .reuses_parts = true};
  const auto cost = cost_model::cheapest();
  const auto plan = plan_splice(what, {.allowed = allowed, .cost = cost, .base_size = gib, .part_ends = ends});
  REQUIRE(plan.has_value());
  CHECK(plan->takes == effort{.requests = 4, .bytes_up = mib});
  CHECK(plan->parts.size() == ends.size() + 1);
}

TEST_CASE("lines appended to a log keep its list short, and each byte is copied a few times in all") {
  growing log({.part_bytes_min = 1, .parts_max = 50'000, .reuses_parts = true}, cost_model::cheapest());
  log.cost.small_parts_max = 100;
  const std::uint64_t first = log.cost.small_part_bytes + 1, line = 200, lines = 20'000;
  log.append(first);  // Up to that size an object is sent whole.
  for (std::uint64_t i = 0; i < lines; ++i) log.append(line);
  CHECK(log.up == first + line * lines);
  CHECK(log.down == 0);
  CHECK(log.longest < 300);
  CHECK(log.copied <= 4 * line * lines);
}

TEST_CASE("a list that is full is made half as long, and each byte is copied a few times in all") {
  growing log({.part_bytes_min = 1, .parts_max = 200, .reuses_parts = true}, cost_model::cheapest());
  const std::uint64_t record = 100 << 10, records = 5'000;
  std::size_t compactions = 0;
  for (std::uint64_t i = 0; i < records; ++i) {
    const auto before = log.copied;
    log.append(record);
    if (log.copied > before) ++compactions;
    REQUIRE(log.ends.size() <= 200);
  }
  CHECK(log.ends.back() == record * records);
  CHECK(log.up == record * records);
  CHECK(log.down == 0);
  CHECK(compactions < records / 80);
  CHECK(log.copied <= 3 * record * records);
}

TEST_CASE("an append to 5 GiB takes four requests, wherever it is") {
  for (const bool uniform : {false, true}) {
    extents what(5 * gib);
    static_cast<void>(what.place({.at = *range::from_len(5 * gib, 1), .what = extent::kind::bytes}));
    const auto plan = planned(what, 5 * gib, {.uniform_parts = uniform}, cost_model::cheapest());
    CHECK(plan.takes.requests == 4);
    CHECK(plan.takes.bytes_up == 1);
    CHECK(plan.takes.bytes_down == 0);
    CHECK(planned(what, 5 * gib, {.uniform_parts = uniform}, cost_model::fastest()).takes.copies > 8);
  }
}

TEST_CASE("4 KiB in the middle of 1 GiB cost less than 11 MiB on the wire") {
  extents what(gib);
  static_cast<void>(what.place({.at = *range::from_len(gib / 2 + 12345, 4096), .what = extent::kind::bytes}));
  const auto plan = planned(what, gib, {}, cost_model::cheapest());
  CHECK(plan.takes.bytes_up + plan.takes.bytes_down < 11 * mib);
  CHECK(plan.takes.requests <= 6);
}

TEST_CASE("what passes a limit is too large") {
  extents what(gib);
  static_cast<void>(what.resize(2 * gib));
  const limits allowed{.object_bytes_max = 2 * gib - 1};
  const auto cost = cost_model::cheapest();
  CHECK(plan_splice(what, {.allowed = allowed, .cost = cost, .base_size = gib}).error() == errc::too_large);
}

TEST_CASE("thousands of scattered writes still fit the count of parts") {
  extents what(200 * gib);
  for (std::uint64_t i = 0; i < 9000; ++i) {
    static_cast<void>(
        what.place({.at = *range::from_len(i * 20 * mib, 4096), .what = extent::kind::bytes, .from = i * 4096}));
  }
  const auto plan = planned(what, 200 * gib, {}, cost_model::cheapest());
  CHECK(plan.parts.size() <= 10'000);
}
