// A device of this program's own, used through the traits alone.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>

#include <randomio/io.hpp>

namespace {

/// Every byte is its offset.
struct ramp {
  static constexpr std::uint64_t size = 200;
  auto read_at(std::uint64_t offset, std::span<std::byte> out) {
    const auto count = offset >= size ? 0 : std::min<std::uint64_t>(out.size(), size - offset);
    for (std::uint64_t i = 0; i < count; ++i) out[i] = static_cast<std::byte>(offset + i);
    return randomio::ready_op<randomio::result<std::size_t>>(count);
  }
};
static_assert(randomio::async_random_read<ramp>);

}  // namespace

int main() {
  ramp device;
  std::array<std::byte, 16> bytes{};
  auto read = device.read_at(190, bytes);
  const auto count = read.await_resume();
  std::printf("%zu %d\n", *count, static_cast<int>(bytes[9]));
  return *count == 10 && bytes[9] == std::byte{199} ? 0 : 1;
}
