#include "fs/file/open_file.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "tests/fs/memory_mount.hpp"

using randomiofs::write_source;

namespace {

std::string content_of(randomiofs::open_file& file) {
  std::string all(100, '?');
  const auto read = randomio::sync_wait(file.file().read_at(0, all));
  REQUIRE(read.has_value());
  all.resize(*read);
  return all;
}

}  // namespace

TEST_CASE("an O_APPEND write goes to the end whatever its offset, a page written back does not") {
  auto fs = mount_of({in_memory("/", "one")});
  auto made = run(fs->create(fs->root(), "f", randomio::open_options().read().write().append(), 0644, {}));
  REQUIRE(made.has_value());
  auto& file = *made->file;
  const std::string one = "one", two = "two", capital = "O";
  CHECK(run(file.write(77, one, write_source::call)).value() == 0);
  CHECK(run(file.write(0, two, write_source::call)).value() == 3);
  CHECK(content_of(file) == "onetwo");
  CHECK(run(file.write(0, capital, write_source::page_cache)).value() == 0);
  CHECK(content_of(file) == "Onetwo");
  fs->forget(*made->entry.node, 1);
}

TEST_CASE("without O_APPEND a write goes where it says") {
  auto fs = mount_of({in_memory("/", "one")});
  auto made = run(fs->create(fs->root(), "f", randomio::open_options().read().write(), 0644, {}));
  REQUIRE(made.has_value());
  const std::string data = "data";
  CHECK(run(made->file->write(2, data, write_source::call)).value() == 2);
  CHECK(content_of(*made->file) == std::string("\0\0data", 6));
  fs->forget(*made->entry.node, 1);
}
