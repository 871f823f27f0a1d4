#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include <randomio/core/io/awaitable.hpp>
#include <randomio/core/io/error.hpp>

namespace randomio::local {

namespace detail {

struct suspending {};
struct never_suspending {
  using immediate = void;
};

}  // namespace detail

/// The operation `A`, or a refusal that was decided before it began. Lives in the awaiting frame.
template <class A>
class [[nodiscard]] guarded_op
    : public std::conditional_t<immediate_awaitable<A>, detail::never_suspending, detail::suspending> {
 public:
  using value_type = await_result_t<A>;

  /// Starts what `make()` returns, unless `refusal` says why not.
  template <class Make>
  guarded_op(std::optional<errc> refusal, operation op, Make make) : op_(op), refusal_(refusal) {
    if (!refusal) operation_.emplace(make);
  }
  guarded_op(const guarded_op&) = delete;
  guarded_op& operator=(const guarded_op&) = delete;

  bool await_ready() { return !operation_ || operation_->await_ready(); }
  template <class H>
  auto await_suspend(H h) {
    return operation_->await_suspend(h);
  }
  value_type await_resume() {
    if (!operation_) return fail(*refusal_, op_);
    return operation_->await_resume();
  }

 private:
  std::optional<randomio::detail::pinned<A>> operation_;
  operation op_;
  std::optional<errc> refusal_;
};

}  // namespace randomio::local
