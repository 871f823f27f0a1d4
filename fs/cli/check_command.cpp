#include <cstdio>

#include <randomio/core/runtime/blocking_pool.hpp>

#include "fs/cli/commands.hpp"
#include "fs/cli/config_file.hpp"
#include "fs/cli/stores.hpp"

namespace randomiofs::cli {
namespace {

std::string counted(std::size_t count, const char* noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

}  // namespace

outcome<void> run_check(const check_request& request) {
  const auto file = find_config(request.config, "");
  if (!file) return std::unexpected(file.error());
  const auto known = randomio::registry::with_built_in();
  randomio::blocking_pool pool(1);
  for (const auto& [name, backend] : file->backends) {
    const plan::store alone{.path = "/", .backend = backend, .overridden = {}};
    if (auto made = make_store(alone, *file, known, {.pool = pool, .loops = randomio::loop::kind::epoll}); !made) {
      return std::unexpected(std::move(made).error());
    }
  }
  std::printf("%s: ok: %s, %s\n", file->path.c_str(), counted(file->backends.size(), "backend").c_str(),
              counted(file->mounts.size(), "mount").c_str());
  return {};
}

}  // namespace randomiofs::cli
