#pragma once

#include <concepts>
#include <coroutine>
#include <type_traits>
#include <utility>

namespace randomio {

namespace detail {

template <class T>
concept suspend_result =
    std::same_as<T, void> || std::same_as<T, bool> || std::convertible_to<T, std::coroutine_handle<>>;

template <class A>
concept has_member_co_await = requires(A&& a) { static_cast<A&&>(a).operator co_await(); };

template <class A>
concept has_free_co_await = requires(A&& a) { operator co_await(static_cast<A&&>(a)); };

}  // namespace detail

/// What `co_await` drives: three functions, no allocation implied. Source: C++ [expr.await].
template <class A>
concept awaiter = requires(std::remove_reference_t<A>& a, std::coroutine_handle<> h) {
  { a.await_ready() } -> std::convertible_to<bool>;
  { a.await_suspend(h) } -> detail::suspend_result;
  a.await_resume();
};

/// The awaiter behind an awaitable: itself, or what its `operator co_await` returns.
template <class A>
constexpr decltype(auto) get_awaiter(A&& a) {
  if constexpr (detail::has_member_co_await<A>) {
    return std::forward<A>(a).operator co_await();
  } else if constexpr (detail::has_free_co_await<A>) {
    return operator co_await(std::forward<A>(a));
  } else {
    return std::forward<A>(a);
  }
}

template <class A>
concept awaitable = requires(A&& a) {
  { randomio::get_awaiter(std::forward<A>(a)) } -> awaiter;
};

template <class A>
using await_result_t = decltype(randomio::get_awaiter(std::declval<A>()).await_resume());

/// An awaitable whose `co_await` gives an `R`.
template <class A, class R>
concept awaitable_of = awaitable<A> && std::convertible_to<await_result_t<A>, R>;

/// An awaitable that is complete when it is made: how synchronous backends model asynchronous operations
/// at no cost. Awaiting it never suspends.
template <class R>
class [[nodiscard]] ready_op {
 public:
  using immediate = void;  ///< Marks operations that never suspend, so that erasure can skip the awaiter protocol.

  template <class U = R>
    requires(std::convertible_to<U, R> && !std::same_as<std::remove_cvref_t<U>, ready_op>)
  constexpr ready_op(U&& value) noexcept(std::is_nothrow_constructible_v<R, U>) : value_(std::forward<U>(value)) {}
  [[nodiscard]] static constexpr bool await_ready() noexcept { return true; }
  static constexpr void await_suspend(std::coroutine_handle<>) noexcept {}
  constexpr R await_resume() noexcept(std::is_nothrow_move_constructible_v<R>) { return std::move(value_); }

 private:
  R value_;
};

namespace detail {

/// Holds what `make()` returns, built in place, together with its awaiter, so that it can be driven for as
/// long as this object lives. For operations that are awaiters themselves it is nothing but the operation.
template <class T>
class pinned {
 public:
  template <class Make>
  explicit pinned(Make&& make) : operation_(make()) {}
  pinned(const pinned&) = delete;
  pinned& operator=(const pinned&) = delete;

  bool await_ready() { return operation_.await_ready(); }
  template <class H>
  auto await_suspend(H h) {
    return operation_.await_suspend(h);
  }
  decltype(auto) await_resume() { return operation_.await_resume(); }

 private:
  T operation_;
};

template <class T>
  requires(has_member_co_await<T> || has_free_co_await<T>)
class pinned<T> {
 public:
  template <class Make>
  explicit pinned(Make&& make) : operation_(make()), awaiter_(randomio::get_awaiter(std::move(operation_))) {}
  pinned(const pinned&) = delete;
  pinned& operator=(const pinned&) = delete;

  bool await_ready() { return awaiter_.await_ready(); }
  template <class H>
  auto await_suspend(H h) {
    return awaiter_.await_suspend(h);
  }
  decltype(auto) await_resume() { return awaiter_.await_resume(); }

 private:
  T operation_;
  decltype(randomio::get_awaiter(std::declval<T>())) awaiter_;
};

}  // namespace detail

template <class A>
concept immediate_awaitable = awaitable<A> && requires { typename std::remove_cvref_t<A>::immediate; };

}  // namespace randomio
