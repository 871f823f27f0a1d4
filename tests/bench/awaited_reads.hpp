#pragma once

#include <coroutine>
#include <exception>

#include <randomio/core/io/random_io.hpp>

#include "read_case.hpp"

namespace bench {

/// A coroutine that runs to its end on its own, for devices whose operations never suspend.
struct started {
  struct promise_type {
    static started get_return_object() noexcept { return {}; }
    static std::suspend_never initial_suspend() noexcept { return {}; }
    static std::suspend_never final_suspend() noexcept { return {}; }
    static void return_void() noexcept {}
    static void unhandled_exception() noexcept { std::terminate(); }
  };
};

template <class D>
started await_reads(D& device, std::span<std::byte> buffer, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto read = co_await device.read_at(offset_of(i, buffer.size()), buffer);
    require_whole(read && *read == buffer.size());
  }
}

}  // namespace bench
