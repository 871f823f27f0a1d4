#pragma once

#include <memory>
#include <vector>

#include <randomio/backends/object/filesystem.hpp>

#include <randomio/backends/registry/registry.hpp>

#include "fs/cli/failure.hpp"
#include "fs/cli/plan.hpp"

namespace randomiofs::cli {

/// Makes one backend of a plan: fetches its secrets, asks the registry, and lists a first name, so that a store that
/// cannot be reached, or refuses, is known now and not when a program meets it.
///
/// Errors:  the whole line, pointing at the key in the configuration or on the command line.
/// Threads: none that is inside a loop.
[[nodiscard]] outcome<randomio::dyn_fs> make_store(const plan::store& store, const config::file& in,
                                                   const randomio::registry& known,
                                                   const randomio::environment& environment);

/// Makes all of them, and has them end what a killed mount left unfinished, unless the mount is read-only.
[[nodiscard]] outcome<std::vector<mounted_backend>> make_stores(const plan& from, const randomio::registry& known,
                                                                const randomio::environment& environment);

/// Those of a mount that have to be told of its end.
using object_stores = std::vector<std::shared_ptr<randomio::object::filesystem>>;
[[nodiscard]] object_stores object_stores_in(const std::vector<mounted_backend>& stores);

/// The end: publishes what is left in them, or keeps it. Returns: how many files were not published.
/// Threads: none that is inside a loop.
[[nodiscard]] std::size_t finish(const object_stores& stores, randomio::loop::kind loops);

}  // namespace randomiofs::cli
