#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/io.hpp>
#include <randomio/memory.hpp>

#include "tests/core/io/awaiting.hpp"
#include "tests/core/io/pumped_device.hpp"

using namespace randomio;

TEST_CASE("owned: the buffer comes back, also from a failure and a cancel") {
  pumped_device device;
  device.turns_per_operation = 1;
  std::vector<char> data{'a', 'b', 'c'};
  const auto* const where = data.data();
  int completed = 0;

  SECTION("after a write") {
    start([&] { return write_at_owned(device, 1, std::move(data)); },
          [&](owned_result<void, std::vector<char>> r) {
            CHECK(r.outcome.has_value());
            CHECK(r.buffer.data() == where);
            ++completed;
          });
  }
  SECTION("after a failed write") {
    start([&] { return write_at_owned(device, ~std::uint64_t{0}, std::move(data)); },
          [&](owned_result<void, std::vector<char>> r) {
            CHECK_FALSE(r.outcome.has_value());
            CHECK(r.buffer.data() == where);
            ++completed;
          });
  }
  SECTION("after a read") {
    start([&] { return read_at_owned(device, 0, std::move(data)); },
          [&](owned_result<std::size_t, std::vector<char>> r) {
            CHECK(r.outcome == 0U);
            CHECK(r.buffer.data() == where);
            ++completed;
          });
  }
  CHECK(completed == 0);
  while (device.pump()) {
  }
  CHECK(completed == 1);
}

TEST_CASE("read_exact_at: a pending short read is end_of_file") {
  pumped_device device;
  device.turns_per_operation = 2;
  std::string out(8, ' ');
  std::string outcome;
  start([&] { return read_exact_at(device, 0, out); },
        [&](result<void> r) { outcome = r ? "whole" : std::string(name(r.error().code())); });
  while (device.pump()) {
  }
  CHECK(outcome == "end_of_file");
}
