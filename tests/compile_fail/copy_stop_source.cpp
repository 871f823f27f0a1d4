// misuse: call to deleted constructor of .*stop_source
#include <randomio/core/io/stop.hpp>

bool ask() {
  randomio::stop_source source;
#ifdef MISUSE
  auto copy = source;
#else
  auto& copy = source;
#endif
  return copy.request_stop();
}
