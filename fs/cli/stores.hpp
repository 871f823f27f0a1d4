#pragma once

#include <vector>

#include <randomio/backends/registry/registry.hpp>

#include "fs/cli/failure.hpp"
#include "fs/cli/plan.hpp"

namespace randomiofs::cli {

/// Makes one backend of a plan: fetches its secrets, asks the registry.
///
/// Errors: the whole line, pointing at the key in the configuration or on the command line.
[[nodiscard]] outcome<randomio::dyn_fs> make_store(const plan::store& store, const config::file& in,
                                                   const randomio::registry& known,
                                                   const randomio::environment& environment);

/// Makes all of them.
[[nodiscard]] outcome<std::vector<mounted_backend>> make_stores(const plan& from, const randomio::registry& known,
                                                                const randomio::environment& environment);

}  // namespace randomiofs::cli
