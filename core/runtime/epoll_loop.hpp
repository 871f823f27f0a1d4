#pragma once

#include <sys/epoll.h>

#include <array>
#include <memory>
#include <span>

#include <randomio/core/runtime/loop.hpp>
#include <randomio/core/runtime/wake_event.hpp>

namespace randomio {

/// A loop over epoll(7). Works on every Linux.
///
/// Threads: as `loop`. Watches must have ended before it does.
class epoll_loop final : public loop {
 public:
  /// Errors: too_many_open, out_of_memory.
  [[nodiscard]] static result<std::unique_ptr<epoll_loop>> make();
  ~epoll_loop() override;

  [[nodiscard]] int native_handle() const noexcept override { return epoll_; }
  /// Errors: invalid for a bad descriptor, already_exists, unsupported for a file that cannot be polled.
  result<void> watch(fd_watch& watch) noexcept override;
  void unwatch(fd_watch& watch) noexcept override;

 private:
  epoll_loop() noexcept;
  void wait(std::chrono::nanoseconds bound) noexcept override;
  void wake() noexcept override { wake_.signal(); }

  int epoll_;
  detail::wake_event wake_;
  std::array<epoll_event, 64> events_{};
  std::span<epoll_event> unhandled_;  // Of `events_`, during a turn.
};

}  // namespace randomio
