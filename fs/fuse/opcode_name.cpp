#include "fs/fuse/opcode_name.hpp"

#include <linux/fuse.h>

namespace randomiofs::fuse {

std::string_view opcode_name(std::uint32_t opcode) noexcept {
  switch (opcode) {
    case FUSE_LOOKUP: return "lookup";
    case FUSE_GETATTR: return "getattr";
    case FUSE_SETATTR: return "setattr";
    case FUSE_READLINK: return "readlink";
    case FUSE_SYMLINK: return "symlink";
    case FUSE_MKNOD: return "mknod";
    case FUSE_MKDIR: return "mkdir";
    case FUSE_UNLINK: return "unlink";
    case FUSE_RMDIR: return "rmdir";
    case FUSE_RENAME:
    case FUSE_RENAME2: return "rename";
    case FUSE_LINK: return "link";
    case FUSE_OPEN: return "open";
    case FUSE_CREATE: return "create";
    case FUSE_READ: return "read";
    case FUSE_WRITE: return "write";
    case FUSE_FLUSH: return "flush";
    case FUSE_RELEASE: return "close";
    case FUSE_FSYNC: return "fsync";
    case FUSE_FALLOCATE: return "fallocate";
    case FUSE_LSEEK: return "lseek";
    case FUSE_COPY_FILE_RANGE: return "copy_file_range";
    case FUSE_OPENDIR: return "opendir";
    case FUSE_READDIR:
    case FUSE_READDIRPLUS: return "readdir";
    case FUSE_RELEASEDIR: return "closedir";
    case FUSE_FSYNCDIR: return "fsyncdir";
    case FUSE_SETXATTR: return "setxattr";
    case FUSE_GETXATTR: return "getxattr";
    case FUSE_LISTXATTR: return "listxattr";
    case FUSE_REMOVEXATTR: return "removexattr";
    case FUSE_STATFS: return "statfs";
    default: return "request";
  }
}

}  // namespace randomiofs::fuse
