#pragma once

#include <atomic>

#include <randomio/core/runtime/loop.hpp>

/// Work that counts how often it ran.
struct count_work : randomio::loop_work {
  count_work() : loop_work([](loop_work& self) noexcept { ++static_cast<count_work&>(self).runs; }) {}
  std::atomic<int> runs = 0;
};
