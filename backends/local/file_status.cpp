#include "file_status.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "local_error.hpp"

namespace randomio::local {

namespace {

constexpr unsigned wanted = STATX_BASIC_STATS | STATX_BTIME;

timestamp time_of(const statx_timestamp& t) noexcept {
  return {t.tv_sec, t.tv_nsec};
}

}  // namespace

file_type type_of_mode(std::uint32_t mode) noexcept {
  switch (mode & S_IFMT) {
    case S_IFDIR: return file_type::directory;
    case S_IFLNK: return file_type::symlink;
    case S_IFIFO: return file_type::fifo;
    case S_IFSOCK: return file_type::socket;
    case S_IFCHR: return file_type::char_device;
    case S_IFBLK: return file_type::block_device;
    default: return file_type::regular;
  }
}

result<file_status> file_status::of(int fd, operation op) noexcept {
  file_status status;
  if (::statx(fd, "", AT_EMPTY_PATH, wanted, &status.raw_) != 0) return fail_errno(op);
  if (status.type() == file_type::block_device) {
    std::uint64_t bytes = 0;
    if (::ioctl(fd, BLKGETSIZE64, &bytes) == 0) status.raw_.stx_size = bytes;
  }
  return status;
}

result<file_status> file_status::of(int directory, const char* name, operation op) noexcept {
  file_status status;
  if (::statx(directory, name, AT_SYMLINK_NOFOLLOW, wanted, &status.raw_) != 0) return fail_errno(op);
  return status;
}

file_id file_status::id() const noexcept {
  return {static_cast<std::uint64_t>(makedev(raw_.stx_dev_major, raw_.stx_dev_minor)), raw_.stx_ino};
}

file_type file_status::type() const noexcept {
  return type_of_mode(raw_.stx_mode);
}
timestamp file_status::mtime() const noexcept {
  return time_of(raw_.stx_mtime);
}
timestamp file_status::ctime() const noexcept {
  return time_of(raw_.stx_ctime);
}

std::uint64_t file_status::public_ino(file_id id, std::uint64_t home_device) noexcept {
  if (id.device == home_device) return id.ino;
  // Bits that inode numbers of real filesystems do not reach, below those by which others tell backends apart.
  const std::uint64_t mark = (id.device * 0x9e3779b97f4a7c15U) >> 49 | 0x8000U;
  return id.ino ^ mark << 32;
}

attributes file_status::describe(std::uint64_t home_device) const noexcept {
  attributes a;
  a.type = type();
  a.mode = permissions();
  a.uid = raw_.stx_uid;
  a.gid = raw_.stx_gid;
  a.ino = public_ino(id(), home_device);
  a.nlink = raw_.stx_nlink;
  a.size = raw_.stx_size;
  a.blocks = raw_.stx_blocks;
  a.block_size = raw_.stx_blksize;
  a.device = std::uint64_t{raw_.stx_rdev_major} << 32 | raw_.stx_rdev_minor;
  a.atime = time_of(raw_.stx_atime);
  a.mtime = mtime();
  a.ctime = ctime();
  if ((raw_.stx_mask & STATX_BTIME) != 0) a.btime = time_of(raw_.stx_btime);
  return a;
}

}  // namespace randomio::local
