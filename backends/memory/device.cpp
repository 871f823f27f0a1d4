#include <randomio/backends/memory/device.hpp>

namespace randomio::memory {

// One function, whoever calls it: an erased read is then a jump to it, and a static one a call (docs/adr/0008).
[[gnu::flatten]] ready_op<result<std::size_t>> device::read_at(std::uint64_t offset, mutable_buffer out) noexcept {
  const shared_guard held(mutex_);
  return bytes_.read(offset, out.bytes());
}

ready_op<result<void>> device::write_at(std::uint64_t offset, const_buffer data) noexcept {
  const exclusive_guard held(mutex_);
  return bytes_.write(offset, data.bytes());
}

}  // namespace randomio::memory
