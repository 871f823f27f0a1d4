#include "fs/cli/plan.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/scratch_directory.hpp"

using namespace randomiofs;
using namespace std::chrono_literals;

namespace {

struct fixture {
  randomio::testing::scratch_directory directory;
  std::string config = directory / "x.toml";
  randomio::registry known = randomio::registry::with_built_in();

  fixture() {
    std::ofstream(config) << R"(
[daemon]
threads = 2
log = "warning"
[backend.m]
type = "memory"
size = "1GiB"
[backend.l]
type = "local"
root = "/srv"
[mount.data]
paths = { "/m" = "m", "/l" = "l" }
mountpoint = "/mnt/data"
attr_ttl = "5s"
uid = 7
)";
  }

  [[nodiscard]] cli::outcome<cli::plan> plan_for(std::string source, std::string mountpoint,
                                                 std::vector<std::string> options = {}) const {
    return cli::plan::make({.source = std::move(source),
                            .mountpoint = std::move(mountpoint),
                            .config = config,
                            .options = std::move(options)},
                           known);
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "a tree comes from the configuration, and the command line wins") {
  const auto plain = plan_for("data", "");
  REQUIRE(plain);
  CHECK(plain->mountpoint == "/mnt/data");
  CHECK(plain->stores.size() == 2);
  CHECK(plain->view.uid == 7);
  CHECK(plain->view.attr_ttl == 5s);
  CHECK(plain->config.daemon.threads == 2);

  const auto changed =
      plan_for("data", "/mnt/else", {"uid=8,ro,threads=4", "m.size=2GiB,l.root=/tmp,allow_other,nosuid"});
  REQUIRE(changed);
  CHECK(changed->mountpoint == "/mnt/else");
  CHECK(changed->view.uid == 8);
  CHECK(changed->view.read_only);
  CHECK(changed->allow_other);
  CHECK(changed->kernel_options == std::vector<std::string>{"nosuid"});
  CHECK(changed->config.daemon.threads == 4);
  CHECK(changed->config.daemon.log == log::level::warning);
  for (const auto& store : changed->stores) {
    if (store.backend.name == "m") CHECK(store.backend.settings.values.at("size") == "2GiB");
    if (store.backend.name == "l") CHECK(store.backend.settings.values.at("root") == "/tmp");
    CHECK(store.overridden.size() == 1);
  }
}

TEST_CASE_METHOD(fixture, "a URI is a tree of one backend") {
  const auto made = plan_for("memory:?size=1MiB", "/mnt", {"size=2MiB,noexec"});
  REQUIRE(made);
  REQUIRE(made->stores.size() == 1);
  CHECK(made->stores[0].path == "/");
  CHECK(made->stores[0].backend.settings.values.at("size") == "2MiB");
  CHECK(made->config.daemon.threads == 2);  // A configuration that was named still says how the daemon runs.
  CHECK(!plan_for("memory:", ""));
}

TEST_CASE_METHOD(fixture, "a URI holds no secrets") {
  const auto refused = plan_for("memory:?session_token=hidden", "/mnt");
  REQUIRE(!refused);
  CHECK(refused.error().code == cli::exit_code::usage);
  CHECK(!refused.error().line.contains("hidden"));
  CHECK(plan_for("memory:?session_token=env:NAME&size=1", "/mnt"));
}

TEST_CASE_METHOD(fixture, "options that no backend of the tree can mean are refused") {
  for (const auto* option : {"size=1", "x.size=1", "m.=1", "m.type=local", ".size=1"}) {
    INFO(option);
    const auto refused = plan_for("data", "/mnt", {option});
    REQUIRE(!refused);
    CHECK(refused.error().code == cli::exit_code::usage);
  }
}
