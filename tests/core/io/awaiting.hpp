#pragma once

#include <coroutine>
#include <exception>
#include <utility>

/// A coroutine that runs at once and owns itself: for tests that watch an operation suspend and complete.
struct started {
  struct promise_type {
    static started get_return_object() noexcept { return {}; }
    static std::suspend_never initial_suspend() noexcept { return {}; }
    static std::suspend_never final_suspend() noexcept { return {}; }
    static void return_void() noexcept {}
    static void unhandled_exception() noexcept { std::terminate(); }
  };
};

/// Awaits what `make()` returns and hands the outcome to `done`, which counts completions. Both are copied.
template <class Make, class Done>
started start(Make make, Done done) {
  done(co_await make());
}
