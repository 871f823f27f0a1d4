#include "fs/cli/service.hpp"

#if RANDOMIOFS_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

namespace randomiofs::cli {

#if RANDOMIOFS_SYSTEMD
void notify_service(const std::string& state) {
  ::sd_notify(0, state.c_str());
}
#else
void notify_service(const std::string&) {}
#endif

}  // namespace randomiofs::cli
