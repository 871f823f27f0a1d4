#include <randomio/backends/object/splice_plan.hpp>

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <string>

#include "tests/backends/object/extents_model.hpp"

using namespace randomio;
using namespace randomio::object;
using randomio::testing::modelled;

namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t gib = std::uint64_t{1} << 30;

/// Limits small enough that two hundred bytes meet all of them.
limits small_limits(bool uniform) {
  return {.part_bytes_min = *rc::gen::inRange<std::uint64_t>(1, 20),
          .part_bytes_max = *rc::gen::inRange<std::uint64_t>(40, 120),
          .parts_max = *rc::gen::inRange<std::uint32_t>(8, 40),
          .uniform_parts = uniform,
          .put_bytes_max = *rc::gen::inRange<std::uint64_t>(0, 300),
          .object_bytes_max = 300};
}

cost_model some_cost() {
  auto cost = *rc::gen::element(cost_model::cheapest(), cost_model::fastest());
  cost.split_bytes_min = *rc::gen::inRange<std::uint64_t>(1, 50);
  cost.mebibyte_copied *= *rc::gen::element(1.0, 1000.0);
  return cost;
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
    for (const auto& piece : pieces) out += made.read(piece);
  }
  return out;
}

void check_plan(bool uniform) {
  const auto made = *rc::gen::arbitrary<modelled>();
  const auto allowed = small_limits(uniform);
  const auto cost = some_cost();
  const plan_terms terms{.allowed = allowed,
                         .cost = cost,
                         .base_size = made.base.size(),
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
    if (uniform) RC_ASSERT((is_last ? part.at.len() <= first : part.at.len() == first));
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
  CHECK(rc::check("where parts differ in size", [] { check_plan(false); }));
  CHECK(rc::check("where parts have one size", [] { check_plan(true); }));
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
