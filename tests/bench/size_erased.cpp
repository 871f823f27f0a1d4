// The work of size_raw.cpp through the erased traits.

#include <array>

#include <randomio/core/io/dyn_random_io.hpp>
#include <randomio/local.hpp>
#include <randomio/memory.hpp>

namespace {

bool write_and_read(randomio::dyn_write to, randomio::dyn_read from, std::span<std::byte> buffer) {
  auto writing = to.write_at(0, buffer);
  if (!writing.await_ready() || !writing.await_resume()) return false;
  auto reading = from.read_at(0, buffer);
  if (!reading.await_ready()) return false;
  const auto read = reading.await_resume();
  return read && *read == buffer.size();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  std::array<std::byte, 4096> buffer{std::byte{'h'}};
  auto file = randomio::local::sync_file::open(argv[1], randomio::open_options().read().write().create());
  randomio::memory::device memory;
  const bool good = file && write_and_read(*file, *file, buffer) && write_and_read(memory, memory, buffer);
  return good && buffer[0] == std::byte{'h'} ? 0 : 1;
}
