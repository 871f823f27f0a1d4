// The work of size_raw.cpp through the traits.

#include <array>

#include <randomio/local.hpp>
#include <randomio/memory.hpp>

#include "read_now.hpp"

namespace {

template <class D>
bool write_and_read(D& device, std::span<std::byte> buffer) {
  if (!device.write_at(0, std::span<const std::byte>(buffer)).await_resume()) return false;
  const auto read = bench::read_now(device, 0, buffer);
  return read && *read == buffer.size();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  std::array<std::byte, 4096> buffer{std::byte{'h'}};
  auto file = randomio::local::sync_file::open(argv[1], randomio::open_options().read().write().create());
  randomio::memory::device memory;
  const bool good = file && write_and_read(*file, buffer) && write_and_read(memory, buffer);
  return good && buffer[0] == std::byte{'h'} ? 0 : 1;
}
