#include "fs/cli/stores.hpp"

#include <algorithm>
#include <filesystem>

#include <randomio/backends/object/filesystem.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

#include "fs/cli/time_limit.hpp"
#include "fs/config/secret.hpp"
#include "fs/telemetry/log.hpp"

namespace randomiofs::cli {
namespace {

using randomio::result;
using randomio::task;
using randomio::unexpected;

/// What may help when a service has answered and refused.
std::string_view advice(const randomio::error& problem) noexcept {
  constexpr std::int32_t first_refusal = 400;  // HTTP statuses from here on. Source: RFC 9110 §15.5.
  if (problem.vendor_code() < first_refusal) return "";
  switch (problem.code()) {
    case randomio::errc::unauthenticated: return "; check the credentials, and which of them are used here";
    case randomio::errc::permission_denied: return "; check what these credentials may do: listing it is the least";
    case randomio::errc::no_such_address: return "; check its name, and the endpoint";
    default: return "";
  }
}

std::string line_for(const plan::store& store, const config::file& in, const randomio::error& problem) {
  const std::string key(problem.key());
  const bool in_file = !in.path.empty() && store.backend.at.line != 0;
  if (std::ranges::find(store.overridden, key) != store.overridden.end()) {
    const auto others = in_file ? std::vector<std::string>() : option_names();
    return "option '" + (in_file ? store.backend.name + '.' : "") + key +
           "': " + config::with_meant_key(key, problem.message(), others);
  }
  if (in_file) return std::string(config::explain(in, store.backend, problem).message());
  if (problem == randomio::errc::invalid && !key.empty()) {
    return store.uri + ": key '" + key + "': " + config::with_meant_key(key, problem.message());
  }
  const auto words = config::in_words(problem);
  return key.empty() ? store.uri + ": " + words : words;
}

failure explain(const plan::store& store, const config::file& in, const randomio::error& problem) {
  auto line = line_for(store, in, problem);
  if (const auto more = advice(problem); !more.empty()) {
    while (line.ends_with('.')) line.pop_back();
    line += more;
  }
  return {code_for(problem), std::move(line), problem.describe()};
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
  const time_limit tells(
      std::chrono::seconds(10),
      [] { log::warning("the end of the mount waits for the stores, to publish what closed files left behind"); },
      std::chrono::hours(24), [] {});
  std::size_t unpublished = 0;
  for (const auto& store : stores) {
    if (own) unpublished += randomio::sync_wait(**own, store->finish());
  }
  return unpublished;
}

}  // namespace randomiofs::cli
