#include "local_error.hpp"

#include <cerrno>

namespace randomio::local {

namespace {

errc code_of(int number) noexcept {
  switch (number) {
    case ENOENT: return errc::not_found;
    case EEXIST: return errc::already_exists;
    case EISDIR: return errc::is_directory;
    case ENOTDIR: return errc::not_directory;
    case ENOTEMPTY: return errc::not_empty;
    case EACCES: return errc::permission_denied;
    case EROFS: return errc::read_only;
    case EINVAL:
    case EBADF:
    case ESPIPE: return errc::invalid;
    case ENAMETOOLONG: return errc::name_too_long;
    case EFBIG:
    case E2BIG:
    case EOVERFLOW: return errc::too_large;
    case ENOSPC:
    case EDQUOT: return errc::no_space;
    case ESTALE: return errc::precondition_failed;
    case EOPNOTSUPP: return errc::unsupported;
    case ETIMEDOUT: return errc::timed_out;
    case EINTR:
    case ECANCELED: return errc::cancelled;
    case EUCLEAN:
    case EBADMSG: return errc::corrupt;
    case EPERM: return errc::not_permitted;
    case EXDEV: return errc::cross_device;
    case ELOOP: return errc::loop;
    case ENODATA: return errc::no_attribute;
    case ERANGE: return errc::range;
    case EBUSY: return errc::busy;
    case EAGAIN: return errc::would_block;
    case EDEADLK: return errc::deadlock;
    case ENXIO:
    case ENODEV: return errc::no_such_address;
    case EMLINK: return errc::too_many_links;
    case ETXTBSY: return errc::text_busy;
    case EILSEQ: return errc::bad_sequence;
    case ENOSYS: return errc::not_implemented;
    case ENOMEM: return errc::out_of_memory;
    case EMFILE:
    case ENFILE: return errc::too_many_open;
    default: return errc::io_failure;
  }
}

}  // namespace

unexpected fail_with(int number, operation op) noexcept {
  return unexpected(error(code_of(number), op, number));
}

unexpected fail_errno(operation op) noexcept {
  return fail_with(errno, op);
}

}  // namespace randomio::local
