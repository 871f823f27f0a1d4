// Seeded random operations against the reference tree, on every backend of support/model_backends.hpp.
//
// A failure prints RapidCheck's seed and the shortest sequence of operations that still fails; set
// RC_PARAMS="reproduce=…" as printed, or "seed=N max_success=1000" for longer runs.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <vector>

#include "tests/model/comparison.hpp"
#include "tests/model/model_backends.hpp"
#include "tests/model/step.hpp"

TEST_CASE("random operations leave the filesystem equal to the reference tree") {
  for (const auto& backend : model_backends::all()) {
    DYNAMIC_SECTION(backend.name) {
      const bool held = rc::check("filesystem on " + backend.name, [&] {
        const auto steps = *rc::gen::resize(200, rc::gen::arbitrary<std::vector<model::step>>());
        auto run = backend.make_runner();
        auto fs = backend.make(*run);
        {
          model::comparison both(*fs, *run);
          for (const auto& one : steps) both.apply(one);
          both.compare_all();
        }
        RC_ASSERT(fs->inodes_known() == 0u);
      });
      CHECK(held);
    }
  }
}
