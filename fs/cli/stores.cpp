#include "fs/cli/stores.hpp"

#include <algorithm>
#include <filesystem>

#include <randomio/backends/object/filesystem.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

#include "fs/config/secret.hpp"

namespace randomiofs::cli {
namespace {

using randomio::result;
using randomio::task;
using randomio::unexpected;

failure explain(const plan::store& store, const config::file& in, const randomio::error& problem) {
  const std::string key(problem.key());
  const bool in_file = !in.path.empty() && store.backend.at.line != 0;
  const bool overridden = std::ranges::find(store.overridden, key) != store.overridden.end();
  if (overridden) {
    const auto shown = in_file ? store.backend.name + '.' + key : key;
    return {code_for(problem), "option '" + shown + "': " + std::string(problem.message())};
  }
  if (in_file) return {code_for(problem), std::string(config::explain(in, store.backend, problem).message())};
  if (problem == randomio::errc::invalid && !key.empty()) {
    return {code_for(problem),
            "type \"" + store.backend.settings.type + "\": key '" + key + "': " + std::string(problem.message())};
  }
  const auto words = config::in_words(problem);
  return {code_for(problem), key.empty() ? store.backend.name + ": " + words : words};
}

task<result<void>> list_a_name(randomio::dyn_fs& fs) {
  const auto root = fs.root();
  auto names = co_await fs.list(*root, "", {});
  if (!names) co_return unexpected(std::move(names).error());
  auto some = co_await names->read(0, 1);
  if (!some) co_return unexpected(std::move(some).error());
  co_return result<void>{};
}

task<result<void>> recover(randomio::dyn_fs& fs) {
  const auto objects = fs.target<randomio::object::filesystem>();
  if (objects == nullptr) co_return result<void>{};
  co_return co_await objects->recover();
}

/// Runs on a loop of its own, which ends before those of the mount begin.
outcome<void> run(const plan::store& store, const config::file& in, randomio::loop::kind loops,
                  task<result<void>> what) {
  const auto own = randomio::make_loop(loops);
  if (!own) return std::unexpected(explain(store, in, own.error()));
  if (const auto done = randomio::sync_wait(**own, std::move(what)); !done) {
    return std::unexpected(explain(store, in, done.error()));
  }
  return {};
}

}  // namespace

outcome<randomio::dyn_fs> make_store(const plan::store& store, const config::file& in, const randomio::registry& known,
                                     const randomio::environment& environment) {
  auto settings = store.backend.settings;
  const auto directory = std::filesystem::path(in.path).parent_path().string();
  for (auto& [key, value] : settings.values) {
    auto resolved = config::resolve_secret(value, directory.empty() ? "." : directory);
    if (!resolved) {
      const auto problem =
          randomio::error(randomio::errc::invalid).with_key(key).with_message(resolved.error().message());
      return std::unexpected(explain(store, in, problem));
    }
    value = *std::move(resolved);
  }
  auto made = known.make(std::move(settings), environment);
  if (!made) return std::unexpected(explain(store, in, made.error()));
  if (auto there = run(store, in, environment.loops, list_a_name(*made)); !there) {
    return std::unexpected(std::move(there).error());
  }
  return *std::move(made);
}

outcome<std::vector<mounted_backend>> make_stores(const plan& from, const randomio::registry& known,
                                                  const randomio::environment& environment) {
  std::vector<mounted_backend> all;
  for (const auto& store : from.stores) {
    auto made = make_store(store, from.config, known, environment);
    if (!made) return std::unexpected(std::move(made).error());
    if (!from.view.read_only) {
      if (auto ready = run(store, from.config, environment.loops, recover(*made)); !ready) {
        return std::unexpected(std::move(ready).error());
      }
    }
    all.push_back({.path = store.path, .name = store.backend.name, .fs = *std::move(made)});
  }
  return all;
}

object_stores object_stores_in(const std::vector<mounted_backend>& stores) {
  object_stores found;
  for (const auto& store : stores) {
    if (auto objects = store.fs.target<randomio::object::filesystem>()) found.push_back(std::move(objects));
  }
  return found;
}

std::size_t finish(const object_stores& stores, randomio::loop::kind loops) {
  const auto own = randomio::make_loop(loops);
  std::size_t unpublished = 0;
  for (const auto& store : stores) {
    if (own) unpublished += randomio::sync_wait(**own, store->finish());
  }
  return unpublished;
}

}  // namespace randomiofs::cli
