#include <randomio/core/runtime/uring_loop.hpp>

#include <fcntl.h>
#include <liburing.h>
#include <poll.h>
#include <sys/epoll.h>

#include <cerrno>
#include <new>
#include <utility>

#include <randomio/core/runtime/invariant.hpp>
#include <randomio/core/runtime/wake_event.hpp>

namespace randomio {

namespace {

/// The read of a loop's eventfd that is always in flight: its completion is a wake.
class wake_read final : public uring_request {
 public:
  wake_read() noexcept : uring_request(wake_actions) {}
  detail::wake_event event{/*blocking_reads=*/true};
  bool armed = false;

 private:
  void prepare(io_uring_sqe& sqe) noexcept {
    io_uring_prep_read(&sqe, event.fd(), &count_, sizeof count_, 0);
    armed = true;
  }
  static const actions wake_actions;

  std::uint64_t count_ = 0;
};

constexpr uring_request::actions wake_read::wake_actions{
    [](uring_request& self, io_uring_sqe& sqe) noexcept { static_cast<wake_read&>(self).prepare(sqe); },
    [](uring_request& self, std::int32_t, std::uint32_t) noexcept { static_cast<wake_read&>(self).armed = false; },
    true};

}  // namespace

struct uring_loop::ring {
  ~ring() {
    if (made) io_uring_queue_exit(&uring);
  }
  io_uring uring{};
  bool made = false;
  wake_read wake;
  bool started = false;
};

/// A multishot poll and, once the watch has ended, its cancellation. Outlives the watch until the kernel
/// has let go of both.
class uring_loop::standing_watch final : public uring_request {
 public:
  standing_watch(uring_loop& owner, fd_watch& watch) noexcept
      : uring_request(poll_actions), owner_(owner), watch_(&watch), fd_(watch.fd), exclusive_(watch.exclusive) {
    next_ = owner.watches_;
    if (next_ != nullptr) next_->previous_ = this;
    owner.watches_ = this;
    arm();
  }
  ~standing_watch() {
    if (next_ != nullptr) next_->previous_ = previous_;
    (previous_ != nullptr ? previous_->next_ : owner_.watches_) = next_;
  }

  void end() noexcept {
    watch_ = nullptr;
    if (!armed_) {
      delete this;
      return;
    }
    cancelling_ = true;
    owner_.submit(cancel_);
  }

 private:
  class cancellation final : public uring_request {
   public:
    explicit cancellation(standing_watch& of) noexcept : uring_request(cancel_actions), of_(of) {}
    standing_watch& of_;
  };

  void arm() noexcept {
    armed_ = true;
    owner_.submit(*this);
  }
  void prepare(io_uring_sqe& sqe) const noexcept {
    // Edge-triggered, as multishot polls are; a second edge while the first is handled is a second completion.
    io_uring_prep_poll_multishot(&sqe, fd_, POLLIN | (exclusive_ ? static_cast<unsigned>(EPOLLEXCLUSIVE) : 0U));
  }
  void polled(std::int32_t outcome, std::uint32_t flags) noexcept {
    if ((flags & IORING_CQE_F_MORE) == 0) {
      armed_ = false;
      if (watch_ == nullptr) {
        if (!cancelling_) delete this;
        return;
      }
      // The kernel ends a multishot poll whenever it likes. One that failed stays ended: `ready` meets the
      // descriptor's error itself.
      if (outcome >= 0) arm();
    }
    if (watch_ != nullptr) watch_->ready(*watch_);  // May end the watch.
  }
  void cancelled() noexcept {
    cancelling_ = false;
    if (!armed_) delete this;
  }

  static const actions poll_actions;
  static const actions cancel_actions;

  uring_loop& owner_;
  fd_watch* watch_;
  const int fd_;
  const bool exclusive_;
  bool armed_ = false;
  bool cancelling_ = false;
  cancellation cancel_{*this};
  standing_watch* next_ = nullptr;
  standing_watch* previous_ = nullptr;
};

constexpr uring_request::actions uring_loop::standing_watch::poll_actions{
    [](uring_request& self, io_uring_sqe& sqe) noexcept { static_cast<standing_watch&>(self).prepare(sqe); },
    [](uring_request& self, std::int32_t outcome, std::uint32_t flags) noexcept {
      static_cast<standing_watch&>(self).polled(outcome, flags);
    },
    true};

constexpr uring_request::actions uring_loop::standing_watch::cancel_actions{
    [](uring_request& self, io_uring_sqe& sqe) noexcept {
      uring_request* target = &static_cast<cancellation&>(self).of_;
      io_uring_prep_cancel(&sqe, target, 0);
    },
    [](uring_request& self, std::int32_t, std::uint32_t) noexcept { static_cast<cancellation&>(self).of_.cancelled(); },
    true};

uring_loop::uring_loop(std::unique_ptr<ring> ring) noexcept : loop(kind::uring), ring_(std::move(ring)) {}

result<std::unique_ptr<uring_loop>> uring_loop::make() {
  auto made = std::make_unique<ring>();
  if (!made->wake.event.valid()) return detail::loop_failure(errno, "no descriptor for an eventfd");
  // Disabled until the first turn: the thread that enables a ring of a single issuer is that issuer. Kernels
  // before 6.1 know neither flag.
  constexpr unsigned always = IORING_SETUP_R_DISABLED | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
  for (const unsigned flags : {always | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN, always}) {
    io_uring_params params{};
    params.cq_entries = 4 * entries;
    params.flags = flags;
    const int refused = io_uring_queue_init_params(entries, &made->uring, &params);
    if (refused == 0) {
      made->made = true;
      constexpr unsigned needed = IORING_FEAT_NODROP | IORING_FEAT_EXT_ARG;
      if ((params.features & needed) != needed)
        return detail::loop_failure(ENOSYS, "this kernel's io_uring is too old");
      return std::unique_ptr<uring_loop>(new uring_loop(std::move(made)));
    }
    if (refused != -EINVAL || flags == always) {
      return detail::loop_failure(-refused, "io_uring is not available here");
    }
  }
  std::unreachable();
}

uring_loop::~uring_loop() {
  await_posters();
  detail::require(in_flight_ == 0, "an io_uring loop ends before its requests have");
  for (auto* watch = watches_; watch != nullptr; watch = watches_) delete watch;
}

int uring_loop::native_handle() const noexcept {
  start();
  return ring_->uring.ring_fd;
}

void uring_loop::start() const noexcept {
  if (std::exchange(ring_->started, true)) return;
  // Not io_uring_enable_rings: liburing 2.3 declares it without exporting it.
  const auto ring_fd = static_cast<unsigned>(ring_->uring.ring_fd);
  detail::require(io_uring_register(ring_fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0) >= 0,
                  "an io_uring cannot be enabled");
}

void uring_loop::wake() noexcept {
  ring_->wake.event.signal();
}

result<void> uring_loop::watch(fd_watch& watch) noexcept {
  if (::fcntl(watch.fd, F_GETFD) < 0) return detail::loop_failure(errno, "not a descriptor");
  watch.loop_data = new (std::nothrow) standing_watch(*this, watch);
  if (watch.loop_data == nullptr) return fail(errc::out_of_memory, operation::configure);
  return {};
}

// The poll holds a reference to the file, so it is cancelled at once: the caller may be about to close it.
void uring_loop::unwatch(fd_watch& watch) noexcept {
  auto* standing = static_cast<standing_watch*>(std::exchange(watch.loop_data, nullptr));
  if (standing == nullptr) return;
  standing->end();
  flush();
}

void uring_loop::submit(uring_request& request) noexcept {
  if (!request.does_->standing) ++in_flight_;
  if (backlog_first_ == nullptr && try_prepare(request)) return;
  request.next_ = nullptr;
  (backlog_last_ != nullptr ? backlog_last_->next_ : backlog_first_) = &request;
  backlog_last_ = &request;
}

bool uring_loop::try_prepare(uring_request& request) noexcept {
  auto& uring = ring_->uring;
  auto* sqe = io_uring_get_sqe(&uring);
  if (sqe == nullptr) {
    start();
    io_uring_submit(&uring);
    // Still none: the kernel is out of memory, or wants completions to be taken first. The turn does that.
    sqe = io_uring_get_sqe(&uring);
    if (sqe == nullptr) return false;
  }
  request.does_->prepare(request, *sqe);
  io_uring_sqe_set_data(sqe, &request);
  return true;
}

void uring_loop::prepare_backlog() noexcept {
  while (backlog_first_ != nullptr) {
    auto& request = *backlog_first_;
    auto* rest = request.next_;
    if (!try_prepare(request)) return;
    backlog_first_ = rest;
    if (rest == nullptr) backlog_last_ = nullptr;
  }
}

void uring_loop::flush() noexcept {
  start();
  prepare_backlog();
  if (!ring_->wake.armed) try_prepare(ring_->wake);
  if (io_uring_sq_ready(&ring_->uring) != 0) io_uring_submit(&ring_->uring);
}

void uring_loop::wait(std::chrono::nanoseconds bound) noexcept {
  auto& uring = ring_->uring;
  start();
  prepare_backlog();
  if (!ring_->wake.armed && !try_prepare(ring_->wake)) bound = std::chrono::nanoseconds::zero();
  int outcome = 0;
  if (backlog_first_ != nullptr || bound.count() == 0) {
    outcome = io_uring_submit_and_get_events(&uring);
  } else if (bound.count() < 0) {
    outcome = io_uring_submit_and_wait(&uring, 1);
  } else {
    __kernel_timespec limit{.tv_sec = bound.count() / 1'000'000'000, .tv_nsec = bound.count() % 1'000'000'000};
    io_uring_cqe* first = nullptr;
    outcome = io_uring_submit_and_wait_timeout(&uring, &first, 1, &limit, nullptr);
  }
  woke();
  // Interrupted, timed out, out of memory for now, or a full completion queue: the next turn goes on.
  detail::require(outcome >= 0 || outcome == -EINTR || outcome == -ETIME || outcome == -EAGAIN || outcome == -ENOMEM ||
                      outcome == -EBUSY,
                  outcome == -EEXIST ? "an io_uring loop is run by two threads" : "io_uring_enter failed");
  complete_all();
}

// Takes what was there when it began: a completion that starts the next one cannot keep the turn from ending.
// Each entry is given back before its handler runs, which may submit and so let the kernel add more.
void uring_loop::complete_all() noexcept {
  auto& uring = ring_->uring;
  for (auto left = io_uring_cq_ready(&uring); left != 0; --left) {
    io_uring_cqe* cqe = nullptr;
    if (io_uring_peek_cqe(&uring, &cqe) != 0) return;
    auto* request = static_cast<uring_request*>(io_uring_cqe_get_data(cqe));
    const auto outcome = cqe->res;
    const auto flags = cqe->flags;
    io_uring_cqe_seen(&uring, cqe);
    if (!request->does_->standing && (flags & IORING_CQE_F_MORE) == 0) --in_flight_;
    request->does_->complete(*request, outcome, flags);
  }
}

}  // namespace randomio
