// misuse: constraints not satisfied|no matching function
#include <randomio/io.hpp>

struct not_a_device {
  int read_at(std::uint64_t, std::span<std::byte>) { return 0; }
};
struct device_of_nothing {
  randomio::ready_op<randomio::result<std::size_t>> read_at(std::uint64_t, std::span<std::byte>) { return 0; }
};

auto read(std::span<std::byte> out) {
#ifdef MISUSE
  static not_a_device device;
#else
  static device_of_nothing device;
#endif
  return randomio::read_exact_at(device, 0, out).await_resume();
}
