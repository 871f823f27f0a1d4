// The work of size_raw.cpp through the traits, on an io_uring loop.

#include <array>

#include <randomio/core/runtime/sync_wait.hpp>
#include <randomio/core/runtime/task.hpp>
#include <randomio/local.hpp>
#include <randomio/memory.hpp>

namespace {

template <class D>
randomio::task<bool> write_and_read(D& device, std::span<std::byte> buffer) {
  const auto written = co_await device.write_at(0, std::span<const std::byte>(buffer));
  if (!written) co_return false;
  const auto read = co_await device.read_at(0, buffer);
  co_return read && *read == buffer.size();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  std::array<std::byte, 4096> buffer{std::byte{'h'}};
  auto loop = randomio::uring_loop::make();
  if (!loop) return 1;
  randomio::blocking_pool pool(1);
  auto file = randomio::local::uring_file::open(argv[1], randomio::open_options().read().write().create(), pool);
  randomio::memory::device memory;
  const bool good = file && randomio::sync_wait(**loop, write_and_read(*file, buffer)) &&
                    randomio::sync_wait(**loop, write_and_read(memory, buffer));
  return good && buffer[0] == std::byte{'h'} ? 0 : 1;
}
