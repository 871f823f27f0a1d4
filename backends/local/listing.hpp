#pragma once

#include <memory>
#include <utility>

#include <randomio/backends/local/name_stream.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>

namespace randomio::local {

/// An open directory, or all below it, read on a pool's threads. The owner keeps it until its reads complete.
///
/// Threads: concurrent calls are safe; they take turns.
class listing {
 public:
  listing(std::unique_ptr<name_stream> names, blocking_pool& pool) noexcept : names_(std::move(names)), pool_(&pool) {}

  [[nodiscard]] auto read(std::uint64_t position, std::size_t limit) {
    return pool_->run([this, position, limit] { return names_->read(position, limit); });
  }

 private:
  std::unique_ptr<name_stream> names_;
  blocking_pool* pool_;
};

static_assert(randomio::listing<listing>);

}  // namespace randomio::local
