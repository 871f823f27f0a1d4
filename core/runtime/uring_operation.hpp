#pragma once

#include <cerrno>
#include <coroutine>
#include <cstdint>
#include <utility>

#include <randomio/core/io/stop.hpp>
#include <randomio/core/runtime/invariant.hpp>
#include <randomio/core/runtime/stop_relay.hpp>
#include <randomio/core/runtime/uring_loop.hpp>

namespace randomio {

namespace detail {

class uring_main_request : public uring_request {
 protected:
  using uring_request::uring_request;
};

class uring_cancel_request : public uring_request {
 protected:
  using uring_request::uring_request;
};

/// What does not depend on the request. A cancelled operation is two requests, its own and the cancellation,
/// which refers to it: it is complete when both are.
class uring_operation_base : protected uring_main_request, private uring_cancel_request, private stop_relay {
 public:
  [[nodiscard]] bool await_ready() const noexcept { return outcome_ == -ECANCELED; }
  void await_suspend(std::coroutine_handle<> h) noexcept {
    auto* running = uring_loop::current();
    require(running != nullptr, "an io_uring operation is awaited outside of an io_uring loop");
    waiting_ = h;
    running->submit(main());
    arm(*running);
  }

 protected:
  uring_operation_base(const actions& does, stop_token stop) noexcept
      : uring_main_request(does),
        uring_cancel_request(cancel_actions),
        stop_relay(stop, &uring_operation_base::stopped),
        outcome_(stop.stop_requested() ? -ECANCELED : 0) {}
  ~uring_operation_base() = default;

  /// The result of the last completion: a count, or a negative errno.
  [[nodiscard]] std::int32_t outcome() const noexcept { return outcome_; }

  /// `again`: the operation is not done yet and needs the request that `prepare` makes next.
  void completed(std::int32_t outcome, bool again) noexcept;

 private:
  static const actions cancel_actions;
  static void stopped(loop_work& self) noexcept;
  void cancelled() noexcept;

  uring_request& main() noexcept { return static_cast<uring_main_request&>(*this); }
  uring_loop& ring() const noexcept { return static_cast<uring_loop&>(home()); }

  std::coroutine_handle<> waiting_;
  std::int32_t outcome_;
  enum class cancel : std::uint8_t { no, in_flight, over } cancel_ = cancel::no;
  bool main_over_ = false;
};

}  // namespace detail

/// The base of an awaiter that does its work by io_uring: one request, or several in a row. It lives in the
/// awaiting frame and allocates nothing. `Derived` has
///
///   void prepare(io_uring_sqe&) noexcept;         fills the entry, all but user_data; runs before the loop
///                                                 next waits, which may be after `await_suspend` returned
///   bool again(std::int32_t result) noexcept;     true when it needs another request to be done
///   R await_resume();                             from `outcome()`: a count, or a negative errno
///
/// A stop request cancels what is in flight: the outcome is then -ECANCELED, or the request's own when that
/// came first. One that came before the operation was made keeps it from starting.
///
/// Borrows: what the entry points to, until completion.
/// Threads: awaited, and resumed, on the thread of an io_uring loop; stop may be requested anywhere.
template <class Derived>
class [[nodiscard]] uring_operation : public detail::uring_operation_base {
 protected:
  explicit uring_operation(stop_token stop = {}) noexcept : uring_operation_base(does, stop) {}
  ~uring_operation() = default;

 private:
  static Derived& of(uring_request& request) noexcept {
    auto& main = static_cast<detail::uring_main_request&>(request);
    return static_cast<Derived&>(static_cast<uring_operation&>(main));
  }
  static constexpr uring_request::actions does{
      [](uring_request& self, io_uring_sqe& sqe) noexcept { of(self).prepare(sqe); },
      [](uring_request& self, std::int32_t result, std::uint32_t) noexcept {
        auto& operation = of(self);
        static_cast<uring_operation&>(operation).completed(result, operation.again(result));
      }};
};

/// One request whose result is returned as it is: `co_await uring_call([&](io_uring_sqe& sqe) { … })`.
///
/// Returns: the completion's result: a count, or a negative errno.
template <class Prepare>
class [[nodiscard]] uring_call final : public uring_operation<uring_call<Prepare>> {
 public:
  explicit uring_call(Prepare prepare, stop_token stop = {}) noexcept
      : uring_operation<uring_call>(stop), prepare_(std::move(prepare)) {}

  void prepare(io_uring_sqe& sqe) noexcept { prepare_(sqe); }
  [[nodiscard]] static bool again(std::int32_t) noexcept { return false; }
  [[nodiscard]] std::int32_t await_resume() const noexcept { return this->outcome(); }

 private:
  Prepare prepare_;
};

}  // namespace randomio
