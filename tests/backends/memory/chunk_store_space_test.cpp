#include <rapidcheck.h>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/backends/memory/chunk_store.hpp>

#include "tests/fuzz/oracle.hpp"

using namespace randomio;
using memory::chunk_store;
using memory::page_bytes;
using memory::volume;

namespace {

std::vector<std::byte> filled(std::size_t len, int seed = 1) {
  std::vector<std::byte> bytes(len);
  for (std::size_t i = 0; i < len; ++i)
    bytes[i] = static_cast<std::byte>((i * 31 + static_cast<std::size_t>(seed)) | 1);
  return bytes;
}

}  // namespace

TEST_CASE("chunk_store: takes space by whole pages and gives it back") {
  volume v(memory::options{});
  {
    chunk_store store(v);
    REQUIRE(store.write(10, filled(1)));
    CHECK(store.allocated() == page_bytes);
    REQUIRE(store.write(page_bytes - 1, filled(2)));
    CHECK(store.allocated() == 2 * page_bytes);
    REQUIRE(store.write(1'000'000, filled(100'000)));
    const auto full = store.allocated();
    CHECK(full >= 100'000 + 2 * page_bytes);
    store.discard(1'000'000, 1'000'000 + page_bytes * 3);
    CHECK(store.allocated() == full - 2 * page_bytes);
    REQUIRE(store.resize(5));
    CHECK(store.allocated() == page_bytes);
    CHECK(v.usage().blocks_free == v.usage().blocks - 1);
    REQUIRE(store.resize(std::uint64_t{1} << 62));
    CHECK(store.allocated() == page_bytes);
  }
  CHECK(v.usage().blocks_free == v.usage().blocks);
}

TEST_CASE("chunk_store: a change without space for all of it is not begun") {
  volume v(memory::options{.size = 4 * page_bytes});
  chunk_store store(v);
  REQUIRE(store.write(0, filled(2 * page_bytes)));
  const auto too_much = filled(4 * page_bytes, 9);
  CHECK(store.write(page_bytes, too_much).error() == errc::no_space);
  CHECK(store.size() == 2 * page_bytes);
  CHECK(store.allocated() == 2 * page_bytes);
  std::vector<std::byte> seen(2 * page_bytes);
  REQUIRE(store.read(0, seen) == seen.size());
  CHECK((seen == filled(2 * page_bytes)));
  CHECK(store.reserve(0, 5 * page_bytes).error() == errc::no_space);
  CHECK(store.allocated() == 2 * page_bytes);
  REQUIRE(store.write(page_bytes, filled(3 * page_bytes)));
  REQUIRE(store.write(0, filled(4 * page_bytes)));  // Overwriting needs none.
  CHECK(store.write(4 * page_bytes, filled(1)).error() == errc::no_space);
}

TEST_CASE("chunk_store: what is copied between files is equal, holes too") {
  volume v(memory::options{});
  chunk_store from(v), to(v);
  REQUIRE(from.write(0, filled(100)));
  REQUIRE(from.write(200'000, filled(5'000)));
  REQUIRE(from.resize(300'000));
  REQUIRE(to.write(0, filled(300'000, 7)));
  REQUIRE(to.copy(from, 0, 0, 300'000));
  std::vector<std::byte> a(300'000), b(300'000);
  (void)from.read(0, a);
  (void)to.read(0, b);
  CHECK((a == b));
  CHECK(to.allocated() <= from.allocated() + 2 * page_bytes);
  CHECK(to.next_data(page_bytes).value() >= 190'000);
}

TEST_CASE("chunk_store: any history of changes is what the oracle says") {
  CHECK(rc::check("random changes", [] {
    volume v(memory::options{});
    chunk_store store(v);
    fuzz::oracle model;
    const auto ops = *rc::gen::inRange(1, 40);
    for (int i = 0; i < ops; ++i) {
      const auto start = *rc::gen::inRange<std::uint64_t>(0, 200'000);
      const auto len = *rc::gen::element<std::size_t>(1, 100, 4096, 5000, 20'000, 70'000);
      switch (*rc::gen::inRange(0, 5)) {
        case 0:
          store.discard(start, start + len);
          model.zero(start, start + len);
          break;
        case 1:
          RC_ASSERT(store.resize(start).has_value());
          model.resize(start);
          break;
        case 2: RC_ASSERT(store.reserve(start, start + len).has_value()); break;
        default: {
          const auto data = filled(len, i);
          RC_ASSERT(store.write(start, data).has_value());
          model.write(start, data);
          break;
        }
      }
      RC_ASSERT(store.size() == model.size());
      std::vector<std::byte> seen(280'000);
      seen.resize(store.read(0, seen));
      RC_ASSERT(seen == model.read(0, 280'000));
    }
    // Holes are zeros, data covers the rest, and the two alternate to the end.
    for (std::uint64_t at = 0; at < store.size();) {
      const auto data = store.next_data(at).value_or(store.size());
      RC_ASSERT(data >= at && model.next_not_zero(at) >= std::min(data, model.size()));
      if (data == store.size()) break;
      const auto hole = store.next_hole(data);
      RC_ASSERT(hole > data && hole <= store.size());
      at = hole;
    }
  }));
}
