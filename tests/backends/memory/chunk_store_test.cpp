// A sparse file against a plain vector of bytes: random writes, holes, sizes and copies inside it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <randomio/backends/memory/chunk_store.hpp>

namespace {

using namespace randomio::memory;

constexpr std::uint64_t file_bytes = 5 * chunk_bytes;

struct step {
  int kind;
  std::uint64_t at, to, len;
};

std::vector<std::byte> content_of(const chunk_store& store) {
  std::vector<std::byte> out(store.size());
  REQUIRE(store.read(0, out) == out.size());
  return out;
}

/// Places cluster around the borders of pages and chunks, where mistakes live.
rc::Gen<std::uint64_t> place() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<std::uint64_t>(0, 5 * chunk_pages), rc::gen::inRange(-40, 40)),
      [](const std::tuple<std::uint64_t, int>& near) {
        const auto page = std::get<0>(near) * page_bytes;
        const auto shift = std::get<1>(near) * 53;
        return shift < 0 && page < static_cast<std::uint64_t>(-shift) ? 0 : page + static_cast<std::uint64_t>(shift);
      });
}

}  // namespace

TEST_CASE("a sparse file holds what a plain one would") {
  CHECK(rc::check("chunk_store", [] {
    volume space{options{}};
    chunk_store store(space);
    std::vector<std::byte> model;
    const auto grow = [&](std::uint64_t size) {
      if (model.size() < size) model.resize(size);
    };
    const auto count = *rc::gen::inRange(1, 25);
    for (int i = 0; i < count; ++i) {
      const step s{*rc::gen::inRange(0, 5), *place(), *place(), *place()};
      const auto len = s.len % (2 * chunk_bytes);
      switch (s.kind) {
        case 0: {
          const std::vector<std::byte> data(len, static_cast<std::byte>(i + 1));
          RC_ASSERT(store.write(s.at, data).has_value());
          if (len != 0) grow(s.at + len);
          std::ranges::copy(data, model.begin() + static_cast<std::ptrdiff_t>(std::min(s.at, model.size())));
          break;
        }
        case 1: {
          store.discard(s.at, s.at + len);
          const auto end = std::min<std::uint64_t>(s.at + len, model.size());
          for (auto p = s.at; p < end; ++p) model[p] = {};
          break;
        }
        case 2:
          RC_ASSERT(store.resize(s.at).has_value());
          model.resize(s.at);
          break;
        default: {  // The most, as it has the most cases: inside one file, without overlap.
          if (s.at >= model.size()) break;
          const auto distance = s.at < s.to ? s.to - s.at : s.at - s.to;
          const auto all = std::min({len, model.size() - s.at, distance});
          if (all == 0) break;
          RC_ASSERT(store.copy(store, s.at, s.to, all).has_value());
          const std::vector<std::byte> moved(model.begin() + static_cast<std::ptrdiff_t>(s.at),
                                             model.begin() + static_cast<std::ptrdiff_t>(s.at + all));
          grow(s.to + all);
          std::ranges::copy(moved, model.begin() + static_cast<std::ptrdiff_t>(s.to));
        }
      }
      RC_ASSERT(store.size() == model.size());
      RC_ASSERT(content_of(store) == model);
    }
    RC_ASSERT(store.size() <= file_bytes + 3 * chunk_bytes);
  }));
}

TEST_CASE("a copy within one file whose ranges share a page that was a hole") {
  volume space{options{}};
  chunk_store store(space);
  constexpr std::uint64_t at = 193'065, to = 128'169, len = 64'896;
  REQUIRE(store.resize(at + len).has_value());
  const std::vector<std::byte> data(1000, std::byte{7});
  REQUIRE(store.write(at + 60'000, data).has_value());
  const auto before = content_of(store);
  REQUIRE(store.copy(store, at, to, len).has_value());
  const auto after = content_of(store);
  CHECK(std::equal(before.begin() + at, before.end(), after.begin() + to));
  CHECK(std::equal(before.begin(), before.begin() + to, after.begin()));
  CHECK(std::equal(before.begin() + at, before.end(), after.begin() + at));
}
