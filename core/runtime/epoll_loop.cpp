#include <randomio/core/runtime/epoll_loop.hpp>

#include <unistd.h>

#include <cerrno>
#include <ctime>

#include <randomio/core/runtime/invariant.hpp>

namespace randomio {

epoll_loop::epoll_loop() noexcept
    : loop(kind::epoll), epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(/*blocking_reads=*/false) {}

result<std::unique_ptr<epoll_loop>> epoll_loop::make() {
  std::unique_ptr<epoll_loop> made(new epoll_loop);
  if (made->epoll_ < 0 || !made->wake_.valid()) return detail::loop_failure(errno, "no descriptors for an epoll loop");
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
  if (::epoll_ctl(made->epoll_, EPOLL_CTL_ADD, made->wake_.fd(), &event) != 0) {
    return detail::loop_failure(errno, "epoll does not take an eventfd");
  }
  return made;
}

epoll_loop::~epoll_loop() {
  await_posters();
  if (epoll_ >= 0) ::close(epoll_);
}

// Edge-triggered, as io_uring's polls are: a `ready` that stops early without posting fails on both kinds.
result<void> epoll_loop::watch(fd_watch& watch) noexcept {
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = &watch}};
  if (watch.exclusive) event.events |= EPOLLEXCLUSIVE;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, watch.fd, &event) != 0) {
    return detail::loop_failure(errno, "epoll cannot watch this descriptor");
  }
  return {};
}

void epoll_loop::unwatch(fd_watch& watch) noexcept {
  epoll_event ignored{};
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, watch.fd, &ignored);
  // What this turn already fetched must not reach a watch that is gone.
  for (auto& event : unhandled_) {
    if (event.data.ptr == &watch) event.events = 0;
  }
}

void epoll_loop::wait(std::chrono::nanoseconds bound) noexcept {
  const std::timespec limit{.tv_sec = bound.count() / 1'000'000'000, .tv_nsec = bound.count() % 1'000'000'000};
  const int count = ::epoll_pwait2(epoll_, events_.data(), static_cast<int>(events_.size()),
                                   bound.count() < 0 ? nullptr : &limit, nullptr);
  woke();
  detail::require(count >= 0 || errno == EINTR, "epoll_pwait2 failed");
  unhandled_ = std::span(events_).first(count > 0 ? static_cast<std::size_t>(count) : 0);
  while (!unhandled_.empty()) {
    const epoll_event event = unhandled_.front();
    unhandled_ = unhandled_.subspan(1);
    if (event.events == 0) continue;
    if (event.data.ptr == nullptr) {
      wake_.clear();
    } else {
      auto& watch = *static_cast<fd_watch*>(event.data.ptr);
      watch.ready(watch);
    }
  }
}

}  // namespace randomio
