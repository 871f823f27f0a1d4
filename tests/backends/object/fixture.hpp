#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include <randomio/backends/object/content.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

#include "tests/support/object/fake_store.hpp"
#include "tests/support/scratch_directory.hpp"

namespace randomio::testing {

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// One machine's side of a store: what its contents share. It spills, if nothing else is said, into a directory of its
/// own.
struct machine {
  explicit machine(object::store& to, std::uint64_t memory_bytes = std::uint64_t{64} << 20,
                   std::optional<std::string> directory = {}, std::uint64_t spill_bytes = std::uint64_t{1} << 30)
      : memory(memory_bytes),
        spill(std::move(directory).value_or(scratch.path()), spill_bytes),
        with{.to = to, .memory = memory, .spill = spill, .pool = pool} {
    with.notice = [this](std::string_view line) {
      const std::scoped_lock lock(mutex);
      notices.emplace_back(line);
    };
  }

  std::unique_ptr<object::content> create(const std::string& key) {
    return std::make_unique<object::content>(with, key, std::nullopt, object::properties{});
  }
  std::unique_ptr<object::content> open(const std::string& key) {
    auto found = sync_wait(with.to.head(key));
    REQUIRE(found.has_value());
    return std::make_unique<object::content>(with, key, *found, found->held);
  }

  scratch_directory scratch;
  object::memory_budget memory;
  object::spill_space spill;
  blocking_pool pool{2};
  object::editing with;
  std::mutex mutex;
  std::vector<std::string> notices;
};

inline std::string read_all(object::content& from) {
  std::string out(from.size(), '?');
  const auto count = sync_wait(from.read(0, std::as_writable_bytes(std::span(out))));
  REQUIRE(count.has_value());
  REQUIRE(*count == out.size());
  return out;
}
inline void write(object::content& to, std::uint64_t offset, std::string_view text) {
  const auto written = sync_wait(to.write(offset, bytes_of(text)));
  INFO((written ? std::string() : written.error().describe()));
  REQUIRE(written.has_value());
}
inline void append(object::content& to, std::string_view text) {
  REQUIRE(sync_wait(to.append(bytes_of(text))).has_value());
}
inline void commit(object::content& what) {
  const auto done = sync_wait(what.commit());
  INFO((done ? std::string() : done.error().describe()));
  REQUIRE(done.has_value());
}

}  // namespace randomio::testing
