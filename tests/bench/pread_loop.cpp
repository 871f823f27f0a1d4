// Two functions that must be the same machine code: same_code.py compares them in this file's object.

#include <unistd.h>

#include <cerrno>

#include <randomio/backends/local/sync_file.hpp>

#include "read_now.hpp"

using randomio::result;

/// What a program that knows nothing of the traits would hold.
struct bare_file {
  int fd;
};

// Names that objdump can be asked for.
result<std::size_t> read_by_hand(bare_file& f, std::uint64_t offset, std::span<std::byte> out) asm("read_by_hand");
result<std::size_t> read_by_trait(randomio::local::sync_file& f, std::uint64_t offset,
                                  std::span<std::byte> out) asm("read_by_trait");

result<std::size_t> read_by_hand(bare_file& f, std::uint64_t offset, std::span<std::byte> out) {
  const int fd = f.fd;
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t n = pread(fd, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (n > 0) {
      done += static_cast<std::size_t>(n);
    } else if (n == 0) {
      break;
    } else if (errno != EINTR) {
      return randomio::local::detail::read_failed(fd, offset, out, done);
    }
  }
  return done;
}

result<std::size_t> read_by_trait(randomio::local::sync_file& f, std::uint64_t offset, std::span<std::byte> out) {
  return bench::read_now(f, offset, out);
}
