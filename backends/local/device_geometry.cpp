#include "device_geometry.hpp"

#include <linux/fs.h>
#include <sys/ioctl.h>

#include <cerrno>

#include "local_error.hpp"

namespace randomio::local {

result<device_geometry> device_geometry::of(int fd) noexcept {
  device_geometry found;
  int sector = 0;
  if (::ioctl(fd, BLKGETSIZE64, &found.size) != 0 || ::ioctl(fd, BLKSSZGET, &sector) != 0 || sector <= 0) {
    return fail_with(errno == ENOTTY ? EINVAL : errno, operation::open);
  }
  found.sector = static_cast<std::uint32_t>(sector);
  return found;
}

}  // namespace randomio::local
