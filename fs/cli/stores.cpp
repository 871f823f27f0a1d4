#include "fs/cli/stores.hpp"

#include <algorithm>
#include <filesystem>

#include "fs/config/secret.hpp"

namespace randomiofs::cli {
namespace {

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
  return {code_for(problem), config::in_words(problem)};
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
  return *std::move(made);
}

outcome<std::vector<mounted_backend>> make_stores(const plan& from, const randomio::registry& known,
                                                  const randomio::environment& environment) {
  std::vector<mounted_backend> all;
  for (const auto& store : from.stores) {
    auto made = make_store(store, from.config, known, environment);
    if (!made) return std::unexpected(std::move(made).error());
    all.push_back({.path = store.path, .name = store.backend.name, .fs = *std::move(made)});
  }
  return all;
}

}  // namespace randomiofs::cli
