// misuse: (deleted function|call to deleted constructor).*mutable_buffer
#include <randomio/memory.hpp>
#include <vector>

auto read(randomio::memory::device& device) {
#ifdef MISUSE
  return device.read_at(0, std::vector<std::byte>(8));
#else
  static std::vector<std::byte> out(8);
  return device.read_at(0, out);
#endif
}
