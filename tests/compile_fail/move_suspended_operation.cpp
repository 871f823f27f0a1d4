// misuse: call to deleted constructor
#include <randomio/io.hpp>
#include <randomio/memory.hpp>
#include <utility>

auto read(randomio::memory::device& device) {
  static char out[8];
  randomio::dyn_read reader(device);
  auto operation = reader.read_at(0, out);
#ifdef MISUSE
  auto moved = std::move(operation);  // It may already be known to a kernel by its address.
  return moved.await_resume();
#else
  return operation.await_resume();
#endif
}
