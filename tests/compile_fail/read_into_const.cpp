// misuse: no viable conversion from 'const std::vector.*mutable_buffer
#include <randomio/memory.hpp>
#include <vector>

auto read(randomio::memory::device& device) {
#ifdef MISUSE
  static const std::vector<std::byte> out(8);
#else
  static std::vector<std::byte> out(8);
#endif
  return device.read_at(0, out);
}
