// misuse: no viable conversion from 'std::vector<int>' to 'const_buffer'
#include <randomio/memory.hpp>
#include <vector>

auto write(randomio::memory::device& device) {
#ifdef MISUSE
  static std::vector<int> data(8);
#else
  static std::vector<char> data(8);
#endif
  return device.write_at(0, data);
}
