#include <randomio/core/runtime/uring_operation.hpp>

#include <liburing.h>

namespace randomio::detail {

constexpr uring_request::actions uring_operation_base::cancel_actions{
    [](uring_request& self, io_uring_sqe& sqe) noexcept {
      auto& operation = static_cast<uring_operation_base&>(static_cast<uring_cancel_request&>(self));
      io_uring_prep_cancel(&sqe, &operation.main(), 0);
    },
    [](uring_request& self, std::int32_t, std::uint32_t) noexcept {
      static_cast<uring_operation_base&>(static_cast<uring_cancel_request&>(self)).cancelled();
    }};

void uring_operation_base::completed(std::int32_t outcome, bool again) noexcept {
  if (again && cancel_ == cancel::no) {
    ring().submit(main());
    return;
  }
  outcome_ = again ? -ECANCELED : outcome;
  main_over_ = true;
  if (!disarm() || cancel_ == cancel::over) waiting_.resume();
}

void uring_operation_base::stopped(loop_work& self) noexcept {
  auto& operation = static_cast<uring_operation_base&>(self);
  if (operation.main_over_) {
    operation.waiting_.resume();
    return;
  }
  operation.cancel_ = cancel::in_flight;
  operation.ring().submit(static_cast<uring_cancel_request&>(operation));
}

void uring_operation_base::cancelled() noexcept {
  cancel_ = cancel::over;
  if (main_over_) waiting_.resume();
}

}  // namespace randomio::detail
