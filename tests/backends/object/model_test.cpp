// Machines that edit the same objects through a store that loses replies, fails, reorders, races, and carries out what
// was given up.
//
// A failure prints RapidCheck's seed and the smallest scenario that still fails; RC_PARAMS="reproduce=…" runs it again,
// RC_PARAMS="max_success=5000" runs longer.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include <randomio/core/runtime/loop.hpp>

#include "tests/backends/object/machines.hpp"
#include "tests/support/object/fake_store.hpp"

using namespace randomio;
using namespace randomio::testing;

namespace {

struct scenario {
  std::uint64_t seed = 0;
  enum class parts : std::uint8_t { free, uniform, blocks } of = parts::free;
  bool versioned = false;
  bool in_place = false;  ///< The log takes appends in place, where there are block lists.
  unsigned first_bytes = 0;
  faults goes_wrong;
  std::vector<std::vector<step>> machines;
};

void showValue(const scenario& what, std::ostream& to) {
  to << "seed " << what.seed
     << (what.of == scenario::parts::uniform  ? " uniform"
         : what.of == scenario::parts::blocks ? " blocks"
                                              : "")
     << (what.in_place ? " in place" : "") << (what.versioned ? " versioned" : "") << " first " << what.first_bytes
     << " lost " << what.goes_wrong.lost_replies << " unanswered " << what.goes_wrong.unanswered << " fails "
     << what.goes_wrong.failures << " late " << what.goes_wrong.late << " by " << what.goes_wrong.late_max << " busy "
     << what.goes_wrong.busy << " delays " << what.goes_wrong.delays;
  for (const auto& one : what.machines) {
    to << "\n  machine:";
    for (const auto& each : one) to << " " << each.what << "/" << each.len;
  }
}

rc::Gen<scenario> some_scenario() {
  return rc::gen::exec([] {
    scenario made;
    made.seed = *rc::gen::arbitrary<std::uint32_t>();
    made.of = *rc::gen::element(scenario::parts::free, scenario::parts::uniform, scenario::parts::blocks);
    made.versioned = *rc::gen::arbitrary<bool>();
    made.in_place = made.of == scenario::parts::blocks && *rc::gen::arbitrary<bool>();
    made.first_bytes = *rc::gen::element(0U, 3U, 40U, 200U);
    made.goes_wrong.lost_replies = *rc::gen::element(0U, 20U, 150U);
    made.goes_wrong.unanswered = *rc::gen::element(0U, 20U, 100U);
    made.goes_wrong.late = *rc::gen::element(0U, 50U, 300U);
    made.goes_wrong.late_max = *rc::gen::element(3U, 20U, 100U);
    made.goes_wrong.failures = *rc::gen::element(0U, 20U, 100U);
    made.goes_wrong.busy = *rc::gen::element(0U, 100U);
    made.goes_wrong.delays = *rc::gen::element(0U, 200U, 700U);
    made.goes_wrong.busy_ends_upload = *rc::gen::arbitrary<bool>();
    const auto steps = rc::gen::container<std::vector<step>>(
        rc::gen::construct<step>(rc::gen::inRange(0U, 9U), rc::gen::inRange(0U, 60U)));
    made.machines = *rc::gen::container<std::vector<std::vector<step>>>(3, steps);
    return made;
  });
}

void check(const scenario& what) {
  const bool has_blocks = what.of == scenario::parts::blocks;
  auto with = has_blocks                            ? fake_store::block_lists()
              : what.of == scenario::parts::uniform ? fake_store::uniform()
                                                    : fake_store::settings();
  if (!has_blocks) with.allowed.part_bytes_min = 16;
  with.allowed.part_bytes_max = 512;
  with.allowed.parts_max = 100;
  with.allowed.put_bytes_max = 512;
  with.allowed.append_bytes_max = 512;
  with.is_versioned = what.versioned;
  with.seed = what.seed;
  with.goes_wrong = what.goes_wrong;
  fake_store store(with);
  const auto start = std::string(what.first_bytes, '#');
  if (what.first_bytes > 0) store.plant("log", rope(start));
  if (what.in_place) store.plant_editable("log", rope(start), object::editable::end);

  std::vector<std::unique_ptr<one_machine>> machines;
  for (unsigned i = 0; i < what.machines.size(); ++i)
    machines.push_back(std::make_unique<one_machine>(store, i, machine_sizes()));
  auto runs = std::move(*make_loop(loop::kind::epoll));
  sync_wait(*runs, run_all(machines, what.machines));

  check_objects(machines, start, store.text("log"), store.text("doc"));
  store.carry_out_late();
  check_objects(machines, start, store.text("log"), store.text("doc"));
  store.set_faults({});
  for (auto& one : machines) one->recover();
  RC_ASSERT(store.uploads_open() == 0U);
}

}  // namespace

TEST_CASE("machines that edit the same objects lose nothing that was acknowledged") {
  CHECK(rc::check([] { check(*some_scenario()); }));
}
