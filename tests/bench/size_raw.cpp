// Writes and reads one file and some memory by system calls: what the layer's programs are measured against.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace {

bool write_all(int fd, const char* data, size_t size, off_t offset) {
  while (size != 0) {
    const ssize_t n = pwrite(fd, data, size, offset);
    if (n < 0 && errno != EINTR) return false;
    if (n <= 0) continue;
    data += n;
    offset += n;
    size -= static_cast<size_t>(n);
  }
  return true;
}

ssize_t read_all(int fd, char* out, size_t size, off_t offset) {
  size_t done = 0;
  while (done < size) {
    const ssize_t n = pread(fd, out + done, size - done, offset + static_cast<off_t>(done));
    if (n == 0) break;
    if (n < 0 && errno != EINTR) return -1;
    if (n > 0) done += static_cast<size_t>(n);
  }
  return static_cast<ssize_t>(done);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  char buffer[4096] = "hello";
  const int fd = open(argv[1], O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return 1;
  if (!write_all(fd, buffer, sizeof buffer, 0)) return 1;
  if (read_all(fd, buffer, sizeof buffer, 0) != sizeof buffer) return 1;
  close(fd);

  auto* memory = static_cast<char*>(malloc(sizeof buffer));
  if (memory == nullptr) return 1;
  memcpy(memory, buffer, sizeof buffer);
  memcpy(buffer, memory, sizeof buffer);
  free(memory);
  return buffer[0] == 'h' ? 0 : 1;
}
