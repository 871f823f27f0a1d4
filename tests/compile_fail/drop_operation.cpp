// misuse: ignoring return value .*-Werror,-Wunused-result
#include <array>
#include <randomio/memory.hpp>

void read(randomio::memory::device& device) {
  std::array<char, 8> out{};
#ifdef MISUSE
  device.read_at(0, out);
#else
  const auto count = device.read_at(0, out).await_resume();
  (void)count;
#endif
}
