// The work of size_raw.cpp by liburing alone.

#include <fcntl.h>
#include <liburing.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace {

int outcome_of(io_uring* ring) {
  if (io_uring_submit_and_wait(ring, 1) < 0) return -1;
  io_uring_cqe* cqe = nullptr;
  if (io_uring_peek_cqe(ring, &cqe) != 0) return -1;
  const int outcome = cqe->res;
  io_uring_cqe_seen(ring, cqe);
  return outcome;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  char buffer[4096] = "hello";
  io_uring ring;
  if (io_uring_queue_init(8, &ring, 0) != 0) return 1;
  const int fd = open(argv[1], O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return 1;
  io_uring_prep_write(io_uring_get_sqe(&ring), fd, buffer, sizeof buffer, 0);
  if (outcome_of(&ring) != static_cast<int>(sizeof buffer)) return 1;
  io_uring_prep_read(io_uring_get_sqe(&ring), fd, buffer, sizeof buffer, 0);
  if (outcome_of(&ring) != static_cast<int>(sizeof buffer)) return 1;
  close(fd);
  io_uring_queue_exit(&ring);

  auto* memory = static_cast<char*>(malloc(sizeof buffer));
  if (memory == nullptr) return 1;
  memcpy(memory, buffer, sizeof buffer);
  memcpy(buffer, memory, sizeof buffer);
  free(memory);
  return buffer[0] == 'h' ? 0 : 1;
}
