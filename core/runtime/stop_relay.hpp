#pragma once

#include <randomio/core/io/stop.hpp>
#include <randomio/core/runtime/loop.hpp>

namespace randomio {

/// Carries a stop request, made on any thread, to the loop of the operation it is for: a base of awaiters.
/// The work it is made with runs on that loop, once, when stop was requested while it was armed.
///
/// Borrows: the loop and the source, until `disarm`; itself, until the work has run when that says so.
class stop_relay : public loop_work, private stop_callback_base {
 protected:
  stop_relay(stop_token stop, loop_work::run_function stopped) noexcept
      : loop_work(stopped), stop_callback_base(stop, &stop_relay::requested) {}
  ~stop_relay() = default;

  /// Listens from now on; a request that came earlier is relayed too. Threads: the loop's, as below.
  void arm(loop& home) noexcept {
    home_ = &home;
    attach();
  }
  /// Listens no longer. Returns: true when the work has run, or still will.
  [[nodiscard]] bool disarm() noexcept {
    detach();  // A request on another thread is over after this, and with it its last use of the source.
    return relayed_;
  }
  [[nodiscard]] loop& home() const noexcept { return *home_; }

 private:
  static void requested(stop_callback_base* self) noexcept {
    auto& relay = *static_cast<stop_relay*>(self);
    relay.relayed_ = true;
    relay.home_->post(relay);
  }

  loop* home_ = nullptr;
  bool relayed_ = false;
};

}  // namespace randomio
