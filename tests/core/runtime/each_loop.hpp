#pragma once

#include <catch2/catch.hpp>
#include <memory>

#include <randomio/core/runtime/loop.hpp>

/// A loop of the kind, or a failed test that says why there is none.
inline std::unique_ptr<randomio::loop> require_loop(randomio::loop::kind kind) {
  auto made = randomio::make_loop(kind);
  if (!made) FAIL(made.error().describe());
  return std::move(*made);
}

/// The kind of the loop in this run of the test case; Catch2 runs it once for each.
inline randomio::loop::kind each_kind() {
  return GENERATE(randomio::loop::kind::uring, randomio::loop::kind::epoll);
}
