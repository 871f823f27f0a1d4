// misuse: (deleted function|call to deleted constructor).*const_buffer
#include <randomio/io.hpp>
#include <randomio/memory.hpp>
#include <string>

auto write(randomio::memory::device& device) {
  randomio::dyn_write writer(device);
#ifdef MISUSE
  return writer.write_at(0, std::string("gone"));
#else
  return writer.write_at(0, std::string_view("literal"));
#endif
}
