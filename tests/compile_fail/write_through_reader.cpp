// misuse: no matching conversion .* from .randomio::dyn_read. to .randomio::dyn_write.
#include <randomio/io.hpp>
#include <randomio/memory.hpp>

auto writer(randomio::dyn_read& reader, randomio::memory::device& device) {
#ifdef MISUSE
  return randomio::dyn_write(reader);
#else
  return randomio::dyn_write(device);
#endif
}
