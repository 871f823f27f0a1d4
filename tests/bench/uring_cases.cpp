#include <fcntl.h>
#include <liburing.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include <randomio/core/io/dyn_random_io.hpp>
#include <randomio/core/runtime/sync_wait.hpp>
#include <randomio/core/runtime/task.hpp>
#include <randomio/core/runtime/uring_operation.hpp>
#include <randomio/local.hpp>

#include "read_case.hpp"

namespace bench {

namespace {

using randomio::task;

/// A ring of its own and nothing else: what is the least that a read can cost.
void bare(const char* file, std::span<std::byte> buffer, std::size_t count) {
  const int fd = ::open(file, O_RDONLY | O_CLOEXEC);
  io_uring ring{};
  require_whole(io_uring_queue_init(256, &ring, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN) == 0);
  for (std::size_t i = 0; i < count; ++i) {
    io_uring_sqe* sqe = io_uring_get_sqe(&ring);
    io_uring_prep_read(sqe, fd, buffer.data(), static_cast<unsigned>(buffer.size()), offset_of(i, buffer.size()));
    io_uring_submit_and_wait(&ring, 1);
    io_uring_cqe* cqe = nullptr;
    io_uring_peek_cqe(&ring, &cqe);
    require_whole(cqe != nullptr && cqe->res == static_cast<int>(buffer.size()));
    io_uring_cqe_seen(&ring, cqe);
  }
  io_uring_queue_exit(&ring);
  ::close(fd);
}

randomio::uring_loop& the_loop() {
  static const auto made = std::move(*randomio::make_loop(randomio::loop::kind::uring));
  return static_cast<randomio::uring_loop&>(*made);
}

/// The request written by hand, on the same loop: what a program with a loop but without the traits does.
task<bool> await_requests(int fd, std::span<std::byte> buffer, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    auto fill = [fd, buffer, offset = offset_of(i, buffer.size())](io_uring_sqe& sqe) {
      io_uring_prep_read(&sqe, fd, buffer.data(), static_cast<unsigned>(buffer.size()), offset);
    };
    const int outcome = co_await randomio::uring_call(fill);
    require_whole(outcome == static_cast<int>(buffer.size()));
  }
  co_return true;
}

void by_hand(const char* file, std::span<std::byte> buffer, std::size_t count) {
  const int fd = ::open(file, O_RDONLY | O_CLOEXEC);
  randomio::sync_wait(the_loop(), await_requests(fd, buffer, count));
  ::close(fd);
}

template <class D>
task<bool> await_device(D& device, std::span<std::byte> buffer, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto read = co_await device.read_at(offset_of(i, buffer.size()), buffer);
    require_whole(read && *read == buffer.size());
  }
  co_return true;
}

randomio::local::uring_file open(const char* file) {
  static randomio::blocking_pool pool(1);
  auto opened = randomio::local::uring_file::open(file, {}, pool);
  require_whole(opened.has_value());
  return std::move(*opened);
}

void as_static(const char* file, std::span<std::byte> buffer, std::size_t count) {
  auto opened = open(file);
  randomio::sync_wait(the_loop(), await_device(opened, buffer, count));
}

void as_reference(const char* file, std::span<std::byte> buffer, std::size_t count) {
  auto opened = open(file);
  randomio::dyn_read erased(opened);
  randomio::sync_wait(the_loop(), await_device(erased, buffer, count));
}

void as_owner(const char* file, std::span<std::byte> buffer, std::size_t count) {
  randomio::dyn_file erased(open(file));
  randomio::sync_wait(the_loop(), await_device(erased, buffer, count));
}

}  // namespace

std::span<const read_case> uring_cases() {
  static constexpr read_case cases[] = {
      {"uring.liburing", "uring.liburing", bare},    {"uring.by_hand", "uring.by_hand", by_hand},
      {"uring.static", "uring.by_hand", as_static},  {"uring.dyn_read", "uring.by_hand", as_reference},
      {"uring.dyn_file", "uring.by_hand", as_owner},
  };
  return cases;
}

}  // namespace bench
