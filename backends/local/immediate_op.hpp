#pragma once

#include <coroutine>
#include <type_traits>
#include <utility>

namespace randomio::local {

/// An awaitable that does its work when it is resumed, in place: awaiting it costs what calling the function
/// costs, and the result is built where the awaiter wants it, never moved.
template <class F>
class [[nodiscard]] immediate_op {
 public:
  using immediate = void;

  constexpr explicit immediate_op(F f) noexcept : f_(std::move(f)) {}
  [[nodiscard]] static constexpr bool await_ready() noexcept { return true; }
  static constexpr void await_suspend(std::coroutine_handle<>) noexcept {}
  [[gnu::always_inline]] constexpr std::invoke_result_t<F&> await_resume() { return f_(); }

 private:
  F f_;
};

}  // namespace randomio::local
