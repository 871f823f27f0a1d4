#include "fs/file/open_table.hpp"

#include <catch2/catch.hpp>
#include <chrono>

#include <randomio/core/runtime/loop.hpp>

#include "tests/fs/memory_mount.hpp"
#include "tests/fs/recording/backend.hpp"

using namespace std::chrono_literals;
using randomio::open_options;

namespace {

/// A mount of one recording backend, and files that were opened and never released.
struct abandoned_mount {
  abandoned_mount() {
    fs = mount_of(
        {{.path = "/", .name = "recorder", .fs = randomio::dyn_fs(std::make_shared<recording::filesystem>(how))}});
  }

  /// Returns: the line that its close will leave.
  std::string leave_open(const std::string& name) {
    auto made = run(fs->create(fs->root(), name, open_options().read().write(), 0644, {}));
    REQUIRE(made.has_value());
    fs->opened().keep(std::move(made->file));
    return "close " + std::to_string(made->entry.attrs.ino);
  }
  bool close_all(std::chrono::nanoseconds bound) { return randomio::sync_wait(*loop, fs->close_all(bound)); }

  std::shared_ptr<recording::behaviour> how = std::make_shared<recording::behaviour>();
  std::unique_ptr<randomio::loop> loop = *randomio::make_loop(randomio::loop::kind::epoll);
  std::unique_ptr<randomiofs::filesystem> fs;
};

}  // namespace

TEST_CASE("what is kept is the same object when it is released") {
  abandoned_mount mount;
  auto made = run(mount.fs->create(mount.fs->root(), "f", open_options().write(), 0644, {}));
  REQUIRE(made.has_value());
  auto* const address = made->file.get();
  auto& table = mount.fs->opened();
  CHECK(&table.keep(std::move(made->file)) == address);
  auto& directory = table.keep(std::move(run(mount.fs->open_dir(mount.fs->root())).value()));
  CHECK(table.size() == 2);
  CHECK(table.release(*address).get() == address);
  CHECK(table.release(directory).get() == &directory);
  CHECK(table.size() == 0);
}

TEST_CASE("every file that nobody released is closed at the end, once") {
  abandoned_mount mount;
  std::vector<std::string> expected;
  for (int i = 0; i < 100; ++i) expected.push_back(mount.leave_open("f" + std::to_string(i)));
  mount.fs->opened().keep(std::move(run(mount.fs->open_dir(mount.fs->root())).value()));
  CHECK(mount.close_all(10s));
  for (const auto& line : expected) CHECK(mount.how->journal.count(line) == 1);
  CHECK(mount.how->journal.lines().size() == expected.size());
  CHECK(mount.fs->opened().size() == 0);
  CHECK(mount.close_all(10s));  // Nothing is left.
  CHECK(mount.how->journal.lines().size() == expected.size());
}

TEST_CASE("closes that fail do not keep the others from being closed") {
  abandoned_mount mount;
  mount.how->closes_fail = true;
  for (int i = 0; i < 20; ++i) mount.leave_open("f" + std::to_string(i));
  CHECK(mount.close_all(10s));
  CHECK(mount.how->journal.lines().size() == 20);
}

TEST_CASE("closes that hang are waited for no longer than the bound") {
  abandoned_mount mount;
  mount.how->closes_hang = true;
  const auto line = mount.leave_open("f");
  CHECK_FALSE(mount.close_all(50ms));
  CHECK(mount.how->journal.count(line) == 0);
  mount.how->closes_hang = false;
  CHECK(mount.close_all(10s));
  CHECK(mount.how->journal.count(line) == 1);
}
