#pragma once

#include <coroutine>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include <randomio/core/io/awaitable.hpp>

namespace randomio {

/// An awaitable of unknown type that gives an `R`, built in place in fixed scratch inside the awaiting
/// frame. Operations that are complete at once cost no awaiter call at all; only an awaiter larger than
/// the scratch is put on the heap (`fits` says which; the random-access twins assert that theirs fit).
///
/// Threads: as the operation behind it.
template <class R>
class [[nodiscard]] dyn_op {
 public:
  static constexpr std::size_t scratch_bytes = sizeof(ready_op<R>) > 192 ? sizeof(ready_op<R>) : 192;

  /// True when the operation `A` needs no heap.
  template <class A>
  static constexpr bool fits = immediate_awaitable<A> || (sizeof(detail::pinned<A>) <= scratch_bytes &&
                                                          alignof(detail::pinned<A>) <= alignof(std::max_align_t));

  /// Builds the operation that `make()` returns, in place.
  template <class Make>
    requires awaitable<std::invoke_result_t<Make&>>
  explicit dyn_op(Make make) {
    emplace(std::move(make));
  }
  /// Lets `build(op)` call `op.emplace`, once. So a function that is known only at run time can build the operation
  /// and return nothing, and end in a jump to what it erases: the least that a call through a table can cost.
  template <class Build>
    requires std::invocable<Build&, dyn_op&>
  explicit dyn_op(Build build) {
    build(*this);
  }
  template <class Make>
    requires awaitable<std::invoke_result_t<Make&>>
  [[gnu::always_inline]] void emplace(Make make) {
    using A = std::invoke_result_t<Make&>;
    if constexpr (std::is_same_v<A, dyn_op>) {
      ::new (static_cast<void*>(this)) dyn_op(make());  // What is erased already stays as it is.
    } else if constexpr (std::is_same_v<A, ready_op<R>>) {
      ::new (static_cast<void*>(scratch_)) ready_op<R>(make());
    } else if constexpr (immediate_awaitable<A>) {
      ::new (static_cast<void*>(scratch_)) ready_op<R>(make().await_resume());
    } else if constexpr (fits<A>) {
      ::new (static_cast<void*>(scratch_)) detail::pinned<A>(make);
      driver_ = &in_scratch<detail::pinned<A>>;
    } else {
      ::new (static_cast<void*>(scratch_)) detail::pinned<A>*(new detail::pinned<A>(make));
      driver_ = &on_heap<detail::pinned<A>>;
    }
  }
  dyn_op(const dyn_op&) = delete;
  dyn_op& operator=(const dyn_op&) = delete;
  ~dyn_op() {
    if (driver_ == nullptr) {
      std::destroy_at(&finished());
    } else {
      driver_->destroy(scratch_);
    }
  }

  bool await_ready() { return driver_ == nullptr || driver_->ready(scratch_); }
  bool await_suspend(std::coroutine_handle<> h) { return driver_->suspend(scratch_, h); }
  R await_resume() {
    if (driver_ == nullptr) return finished().await_resume();
    return driver_->resume(scratch_);
  }

 private:
  struct driver {
    bool (*ready)(void*);
    bool (*suspend)(void*, std::coroutine_handle<>);
    R (*resume)(void*);
    void (*destroy)(void*);
  };

  template <class A>
  static bool suspend_one(A& a, std::coroutine_handle<> h) {
    using S = decltype(a.await_suspend(h));
    if constexpr (std::is_void_v<S>) {
      a.await_suspend(h);
      return true;
    } else if constexpr (std::is_same_v<S, bool>) {
      return a.await_suspend(h);
    } else {
      a.await_suspend(h).resume();
      return true;
    }
  }
  template <class A>
  static constexpr driver in_scratch{
      [](void* s) -> bool { return static_cast<A*>(s)->await_ready(); },
      [](void* s, std::coroutine_handle<> h) -> bool { return suspend_one(*static_cast<A*>(s), h); },
      [](void* s) -> R { return static_cast<A*>(s)->await_resume(); }, [](void* s) { static_cast<A*>(s)->~A(); }};
  template <class A>
  static constexpr driver on_heap{
      [](void* s) -> bool { return (*static_cast<A**>(s))->await_ready(); },
      [](void* s, std::coroutine_handle<> h) -> bool { return suspend_one(**static_cast<A**>(s), h); },
      [](void* s) -> R { return (*static_cast<A**>(s))->await_resume(); },
      [](void* s) { delete *static_cast<A**>(s); }};

  ready_op<R>& finished() noexcept { return *std::launder(reinterpret_cast<ready_op<R>*>(scratch_)); }

  alignas(std::max_align_t) std::byte scratch_[scratch_bytes];
  const driver* driver_ = nullptr;
};

namespace detail {

/// Erases what `make()` returns.
template <class R, class Make>
dyn_op<R> erase(Make make) {
  return dyn_op<R>(std::move(make));
}

/// Erases what `make()` returns into `op`, and refuses, at compile time, an awaiter that would need the heap.
template <class R, class Make>
[[gnu::always_inline]] inline void erase_into(dyn_op<R>& op, Make make) {
  using A = std::invoke_result_t<Make&>;
  static_assert(std::is_same_v<A, dyn_op<R>> || dyn_op<R>::template fits<A>,
                "this operation's awaiter is larger than dyn_op's scratch");
  op.emplace(std::move(make));
}

}  // namespace detail

}  // namespace randomio
