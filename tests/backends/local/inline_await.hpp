#pragma once

#include <utility>

#include <catch2/catch.hpp>
#include <randomio/core/io/awaitable.hpp>

namespace randomio::local::test {

/// The result of an operation that never suspends.
template <immediate_awaitable A>
auto now(A operation) {
  return operation.await_resume();
}

/// The value of a result that must be there; on failure the test says which error came instead.
template <class T>
T value_of(result<T> r) {
  INFO((r ? std::string() : r.error().describe()));
  REQUIRE(r.has_value());
  if constexpr (!std::is_void_v<T>) return std::move(*r);
}

}  // namespace randomio::local::test
