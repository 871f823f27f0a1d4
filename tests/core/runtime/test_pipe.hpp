#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>

/// A pipe for a test; non-blocking unless asked.
struct test_pipe {
  explicit test_pipe(int flags = O_NONBLOCK) { REQUIRE(::pipe2(ends.data(), O_CLOEXEC | flags) == 0); }
  ~test_pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  test_pipe(const test_pipe&) = delete;
  test_pipe& operator=(const test_pipe&) = delete;
  void put(const char* text) const { REQUIRE(::write(ends[1], text, 1) == 1); }
  std::array<int, 2> ends{};
};
