// misuse: (deleted function|call to deleted constructor).*const_buffer
#include <randomio/memory.hpp>
#include <vector>

auto write(randomio::memory::file& file) {
#ifdef MISUSE
  return file.write_at(0, std::vector<std::byte>(8));  // Gone before the write.
#else
  static std::vector<std::byte> data(8);
  return file.write_at(0, data);
#endif
}
