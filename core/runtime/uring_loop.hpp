#pragma once

#include <memory>

#include <randomio/core/runtime/loop.hpp>
#include <randomio/core/runtime/uring_request.hpp>

namespace randomio {

/// A loop over io_uring(7): requests are prepared during a turn and handed over together with the next wait,
/// one system call a turn. Needs Linux 5.13; from 6.1 on completions run only inside the loop's own waits.
///
/// Threads: as `loop`; the first thread that runs it is the one that runs it until its end.
///          Requests must have completed, and watches ended, before it ends.
class uring_loop final : public loop {
 public:
  /// Entries of the submission queue. More requests than that in one turn are submitted in several calls;
  /// the completion queue has four times as many, and what exceeds it waits in the kernel.
  static constexpr unsigned entries = 256;

  /// Errors: unsupported when the kernel or its settings refuse (the errno is the vendor code); too_many_open;
  ///         out_of_memory.
  [[nodiscard]] static result<std::unique_ptr<uring_loop>> make();
  ~uring_loop() override;

  /// The io_uring loop that this thread is in, or null when it runs none, or one of another kind.
  [[nodiscard]] static uring_loop* current() noexcept {
    auto* running = loop::current();
    return running != nullptr && running->what() == kind::uring ? static_cast<uring_loop*>(running) : nullptr;
  }

  [[nodiscard]] int native_handle() const noexcept override;
  /// Errors: invalid for a bad descriptor, out_of_memory.
  result<void> watch(fd_watch& watch) noexcept override;
  void unwatch(fd_watch& watch) noexcept override;

  /// Queues a request; it always goes through, in the order of submission. Threads: the loop's.
  void submit(uring_request& request) noexcept;

 private:
  struct ring;
  class standing_watch;

  explicit uring_loop(std::unique_ptr<ring> ring) noexcept;
  void wait(std::chrono::nanoseconds bound) noexcept override;
  void wake() noexcept override;
  void flush() noexcept override;

  void start() const noexcept;
  bool try_prepare(uring_request& request) noexcept;
  void prepare_backlog() noexcept;
  void complete_all() noexcept;

  std::unique_ptr<ring> ring_;
  // Requests for which there was no free entry, in order.
  uring_request* backlog_first_ = nullptr;
  uring_request* backlog_last_ = nullptr;
  std::size_t in_flight_ = 0;  // Without standing requests.
  standing_watch* watches_ = nullptr;
};

}  // namespace randomio
