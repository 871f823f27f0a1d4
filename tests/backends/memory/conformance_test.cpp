#include "tests/conformance/conformance.hpp"
#include "tests/backends/memory/fixture.hpp"

CONFORMANCE_SUITE("memory", memory_fixture)
CONFORMANCE_SUITE("memory, erased", conformance::erased<memory_fixture>)

TEST_CASE("memory device: random access") {
  memory_fixture fixture;
  randomio::memory::device device;
  conformance::check_random_io(fixture, device);
}

TEST_CASE("memory device: cursor") {
  memory_fixture fixture;
  randomio::memory::device device;
  conformance::check_cursor(fixture, device);
}
