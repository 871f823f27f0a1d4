#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <randomio/backends/registry/registry.hpp>
#include <randomio/core/runtime/loop.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

#include "fs/filesystem.hpp"
#if RANDOMIO_MODEL_HAS_OBJECTS
#include <randomio/backends/registry/object_options.hpp>
#include <randomio/object.hpp>

#include "tests/support/object/fake_store.hpp"
#include "tests/support/scratch_directory.hpp"
#endif

namespace model_backends {

/// Awaits what the filesystem returns, on a loop of its own; and the pool that local files need.
class runner {
 public:
  runner() : loop_(*randomio::make_loop(randomio::loop::kind::epoll)) {}

  template <randomio::awaitable A>
  auto operator()(A&& work) {
    return randomio::sync_wait(*loop_, std::forward<A>(work));
  }
  [[nodiscard]] randomio::environment environment() { return {.pool = pool_, .loops = randomio::loop::kind::epoll}; }

 private:
  randomio::blocking_pool pool_{2};
  std::unique_ptr<randomio::loop> loop_;
};

/// What is built in, and objects in a store of the tests'.
inline randomio::registry known() {
  auto all = randomio::registry::with_built_in();
#if RANDOMIO_MODEL_HAS_OBJECTS
  const auto add = [&](const std::string& type, const randomio::testing::fake_store::settings& service) {
    (void)all.add({.type = type,
                   .scheme = type,
                   .parse_uri = [](std::string_view) -> randomio::result<randomio::settings> {
                     return randomio::fail(randomio::errc::unsupported);
                   },
                   .make = [service](randomio::settings from,
                                     const randomio::environment& in) -> randomio::result<randomio::dyn_fs> {
                     auto how = randomio::object_options("fake:", from, in);
                     if (!how) return randomio::unexpected(how.error());
                     return randomio::dyn_fs(std::make_shared<randomio::object::filesystem>(
                         std::make_shared<randomio::testing::fake_store>(service), in.pool, std::move(*how)));
                   }});
  };
  add("objects", {});
  add("uniform objects", randomio::testing::fake_store::uniform());
#endif
  return all;
}

/// The type of the real service beside which the test runs, as its environment names it; null when there is none.
inline const char* service() {
  return std::getenv("MODEL_SERVICE");
}

/// Whether the store keeps what is said about directories. Not the server of these tests: it drops the metadata of keys
/// that end in a slash.
inline bool keeps_directory_attributes() {
  return service() == nullptr;
}

/// A filesystem of one backend at the root, and what must outlive it.
struct mounted {
  std::shared_ptr<void> keep;
  std::unique_ptr<randomiofs::filesystem> fs;
  randomiofs::filesystem* operator->() const { return fs.get(); }
  randomiofs::filesystem& operator*() const { return *fs; }
};

struct backend {
  std::string name;
  /// The settings, and what they refer to.
  std::function<std::pair<randomio::settings, std::shared_ptr<void>>()> settings;

  [[nodiscard]] static std::unique_ptr<runner> make_runner() { return std::make_unique<runner>(); }
  [[nodiscard]] mounted make(runner& run) const {
    auto [from, keep] = settings();
    auto made = known().make(std::move(from), run.environment());
    std::vector<randomiofs::mounted_backend> table{{.path = "/", .name = name, .fs = std::move(made.value())}};
    return {std::move(keep), std::move(randomiofs::filesystem::make(std::move(table), {}).value())};
  }
};

/// Every backend that the model runs on: a new one is one line.
inline std::vector<backend> all() {
  // One bucket of a real service, as the test's environment names it; each run below a prefix of its own.
  if (service() != nullptr) {
    return {{service(), [] {
               static unsigned next = 0;
               randomio::settings from{.type = service(), .values = {}};
               from.values["bucket"] = std::getenv("S3_TEST_BUCKET");
               from.values["endpoint"] = std::getenv("AWS_ENDPOINT_URL");
               from.values["prefix"] = "model-" + std::to_string(next++) + "/";
               return std::pair(std::move(from), std::shared_ptr<void>());
             }}};
  }
  return {
      {"memory", [] { return std::pair(randomio::settings{.type = "memory", .values = {}}, std::shared_ptr<void>()); }},
      {"local",
       [] {
         auto directory = std::make_shared<randomio::testing::scratch_directory>();
         return std::pair(randomio::settings{.type = "local", .values = {{"root", directory->path()}}},
                          std::shared_ptr<void>(directory));
       }},
#if RANDOMIO_MODEL_HAS_OBJECTS
      {"objects",
       [] { return std::pair(randomio::settings{.type = "objects", .values = {}}, std::shared_ptr<void>()); }},
      {"uniform objects",
       [] { return std::pair(randomio::settings{.type = "uniform objects", .values = {}}, std::shared_ptr<void>()); }},
#endif
  };
}

}  // namespace model_backends
