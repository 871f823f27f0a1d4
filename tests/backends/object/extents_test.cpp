#include <randomio/backends/object/extents.hpp>

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "tests/backends/object/extents_model.hpp"

using namespace randomio;
using namespace randomio::object;
using randomio::testing::modelled;

TEST_CASE("extents are what a vector of bytes is") {
  CHECK(rc::check([] {
    const auto made = *rc::gen::arbitrary<modelled>();
    RC_ASSERT(made.list.size() == made.bytes.size());
    RC_ASSERT(made.resolved() == made.bytes);
    // No gap, no overlap, nothing that could be one extent is two.
    std::uint64_t at = 0;
    for (const auto& one : made.list.all()) {
      RC_ASSERT(one.at.start() == at);
      RC_ASSERT(!one.at.empty());
      at = one.at.end();
    }
    RC_ASSERT(at == made.list.size());
  }));
}

TEST_CASE("what is dropped from staging is what nobody refers to") {
  CHECK(rc::check([] {
    const auto made = *rc::gen::arbitrary<modelled>();
    std::string used(made.staged.size(), '.');
    for (const auto& one : made.list.staged()) {
      for (auto at = one.start(); at < one.end(); ++at) used[at] = 'x';
    }
    for (const auto& one : made.dropped) {
      for (auto at = one.start(); at < one.end(); ++at) {
        RC_ASSERT(used[at] == '.');
        used[at] = 'o';
      }
    }
    RC_ASSERT(used.find('.') == std::string::npos);
  }));
}

TEST_CASE("how long a hole would be is known before it is made") {
  CHECK(rc::check([] {
    auto made = *rc::gen::arbitrary<modelled>();
    const auto start = *rc::gen::inRange<std::uint64_t>(0, made.list.size() + 1);
    const auto bytes = *range::from_len(start, *rc::gen::inRange<std::uint64_t>(1, 60));
    const auto foretold = made.list.hole_with(bytes);
    static_cast<void>(made.list.place({.at = bytes}));
    RC_ASSERT(made.list.within(bytes).size() == 1U);
    for (const auto& one : made.list.all()) {
      if (one.at.contains(start)) RC_ASSERT(one.at.len() == foretold);
    }
  }));
}

TEST_CASE("an edit over a snapshot reads as the edit of what the snapshot is") {
  CHECK(rc::check([] {
    const auto below = *rc::gen::arbitrary<modelled>();
    auto above = *randomio::testing::edits_of(below.bytes);
    const auto merged = above.list.over(below.list);
    RC_ASSERT(merged.size() == above.bytes.size());
    std::string out;
    for (const auto& one : merged.all()) {
      // Staged addresses of the two generations are kept apart by the test: the upper ones start at 1,000,000.
      if (one.what == extent::kind::bytes && one.from >= randomio::testing::upper_addresses) {
        out += above.staged.substr(one.from - randomio::testing::upper_addresses, one.at.len());
      } else {
        out += below.read(one);
      }
    }
    RC_ASSERT(out == above.bytes);
  }));
}

TEST_CASE("seek finds data and holes") {
  extents list(10);
  CHECK(list.resize(20).empty());
  CHECK(list.place({.at = *range::make(30, 40), .what = extent::kind::bytes, .from = 0}).empty());
  CHECK(list.seek(0, seek_target::data) == 0U);
  CHECK(list.seek(0, seek_target::hole) == 10U);
  CHECK(list.seek(12, seek_target::data) == 30U);
  CHECK(list.seek(35, seek_target::hole) == 40U);
  CHECK(list.seek(40, seek_target::data).error() == errc::no_such_address);
  CHECK(list.resize(35).front() == *range::make(5, 10));
  CHECK(extents(5).is_base(5));
  CHECK_FALSE(list.is_base(35));
}
