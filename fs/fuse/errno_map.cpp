#include "fs/fuse/errno_map.hpp"

#include <cerrno>

namespace randomiofs::fuse {

int errno_of(randomio::errc code) noexcept {
  using randomio::errc;
  switch (code) {
    case errc::not_found: return ENOENT;
    case errc::already_exists: return EEXIST;
    case errc::is_directory: return EISDIR;
    case errc::not_directory: return ENOTDIR;
    case errc::not_empty: return ENOTEMPTY;
    case errc::permission_denied: return EACCES;
    case errc::unauthenticated: return EACCES;
    case errc::read_only: return EROFS;
    case errc::invalid: return EINVAL;
    case errc::name_too_long: return ENAMETOOLONG;
    case errc::too_large: return EFBIG;
    case errc::no_space: return ENOSPC;
    case errc::precondition_failed: return ESTALE;
    case errc::unsupported: return EOPNOTSUPP;
    case errc::timed_out: return ETIMEDOUT;
    case errc::cancelled: return EINTR;
    case errc::throttled: return EIO;
    case errc::unreachable: return EIO;
    case errc::corrupt: return EIO;
    case errc::outcome_unknown: return EIO;
    case errc::end_of_file: return EIO;
    case errc::not_permitted: return EPERM;
    case errc::cross_device: return EXDEV;
    case errc::loop: return ELOOP;
    case errc::no_attribute: return ENODATA;
    case errc::range: return ERANGE;
    case errc::busy: return EBUSY;
    case errc::would_block: return EAGAIN;
    case errc::deadlock: return EDEADLK;
    case errc::no_such_address: return ENXIO;
    case errc::too_many_links: return EMLINK;
    case errc::text_busy: return ETXTBSY;
    case errc::bad_sequence: return EILSEQ;
    case errc::not_implemented: return ENOSYS;
    case errc::out_of_memory: return ENOMEM;
    case errc::too_many_open: return ENFILE;
    case errc::io_failure: return EIO;
  }
  return EIO;
}

}  // namespace randomiofs::fuse
