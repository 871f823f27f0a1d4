#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>

#include <randomio/core/runtime/invariant.hpp>

/// A pipe for a test; non-blocking unless asked.
struct test_pipe {
  explicit test_pipe(int flags = O_NONBLOCK) { REQUIRE(::pipe2(ends.data(), O_CLOEXEC | flags) == 0); }
  ~test_pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  test_pipe(const test_pipe&) = delete;
  test_pipe& operator=(const test_pipe&) = delete;
  /// Not REQUIRE: threads beside the test's call this.
  void put(const char* text) const { randomio::detail::require(::write(ends[1], text, 1) == 1, "a pipe is full"); }
  std::array<int, 2> ends{};
};
