#pragma once

#include <coroutine>
#include <memory>
#include <optional>
#include <utility>

#include <catch2/catch.hpp>

#include <randomio/core/runtime/task.hpp>
#include <randomio/memory.hpp>

/// Memory needs no loop: its operations are complete when they are made.
struct memory_fixture {
  using filesystem_type = randomio::memory::filesystem;

  std::shared_ptr<filesystem_type> make() { return std::make_shared<filesystem_type>(how); }

  template <class T>
  T run(randomio::task<T> t) {
    std::optional<T> value;
    drive(t, value);
    REQUIRE(value.has_value());
    return std::move(*value);
  }

  randomio::memory::options how;

 private:
  struct driver {
    struct promise_type {
      static driver get_return_object() noexcept { return {}; }
      static std::suspend_never initial_suspend() noexcept { return {}; }
      static std::suspend_never final_suspend() noexcept { return {}; }
      static void return_void() noexcept {}
      static void unhandled_exception() noexcept { std::terminate(); }
    };
  };
  template <class T>
  static driver drive(randomio::task<T>& t, std::optional<T>& value) {
    value.emplace(co_await t);
  }
};
