#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include <randomio/backends/local/sync_file.hpp>
#include <randomio/core/io/dyn_file.hpp>
#include <randomio/core/io/dyn_random_io.hpp>

#include "awaited_reads.hpp"

namespace bench {

namespace {

void bare(const char* file, std::span<std::byte> buffer, std::size_t count) {
  const int fd = ::open(file, O_RDONLY | O_CLOEXEC);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t offset = offset_of(i, buffer.size());
    std::size_t done = 0;
    while (done < buffer.size()) {
      const ssize_t n = ::pread(fd, buffer.data() + done, buffer.size() - done, static_cast<off_t>(offset + done));
      if (n > 0) {
        done += static_cast<std::size_t>(n);
      } else if (n == 0 || errno != EINTR) {
        break;
      }
    }
    require_whole(done == buffer.size());
  }
  ::close(fd);
}

void as_static(const char* file, std::span<std::byte> buffer, std::size_t count) {
  auto opened = randomio::local::sync_file::open(file);
  require_whole(opened.has_value());
  await_reads(*opened, buffer, count);
}

void as_reference(const char* file, std::span<std::byte> buffer, std::size_t count) {
  auto opened = randomio::local::sync_file::open(file);
  require_whole(opened.has_value());
  randomio::dyn_read erased(*opened);
  await_reads(erased, buffer, count);
}

void as_owner(const char* file, std::span<std::byte> buffer, std::size_t count) {
  auto opened = randomio::local::sync_file::open(file);
  require_whole(opened.has_value());
  randomio::dyn_file erased(std::move(*opened));
  await_reads(erased, buffer, count);
}

}  // namespace

std::span<const read_case> file_cases() {
  static constexpr read_case cases[] = {
      {"pread.bare", "pread.bare", bare},
      {"pread.static", "pread.bare", as_static},
      {"pread.dyn_read", "pread.bare", as_reference},
      {"pread.dyn_file", "pread.bare", as_owner},
  };
  return cases;
}

}  // namespace bench
