#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tests/backends/object/filesystem_fixture.hpp"
#include "tests/conformance/fixture.hpp"

namespace randomio::testing {

using objects = object_fixture<strict_service>;

/// A filesystem, and its store as other programs see it.
struct bucket {
  objects from;
  conformance::tree<objects> t{from};
  fake_store& store = *from.stores.front();

  void plant(const std::string& key, std::string_view text = {}, object::properties with = {}) const {
    store.plant(key, rope(text), std::move(with));
  }
  [[nodiscard]] bool told(std::string_view part) const {
    return std::ranges::any_of(from.notices, [&](const std::string& line) { return line.contains(part); });
  }
  /// A second mount of the same store.
  struct other_mount {
    objects& from;
    std::shared_ptr<object::filesystem> fs;
    result<object::file> open(std::string_view p, const open_options& how) const {
      return from.run(fs->open(*fs->root(), p, how));
    }
    result<void> write(object::file& f, std::uint64_t at, std::string_view text) const {
      return from.run(f.write_at(at, text));
    }
    result<void> close(object::file& f) const { return from.run(f.close()); }
  };
  other_mount another() { return {from, from.over(from.stores.front())}; }
};

}  // namespace randomio::testing
