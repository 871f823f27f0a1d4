"""System calls that Python's os module lacks. Each raises OSError like those that it has."""

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)

AT_FDCWD = -100
AT_EMPTY_PATH = 0x1000
RENAME_NOREPLACE = 1
RENAME_EXCHANGE = 2
RENAME_WHITEOUT = 4
FALLOC_KEEP_SIZE = 0x01
FALLOC_PUNCH_HOLE = 0x02
FALLOC_COLLAPSE_RANGE = 0x08
FALLOC_ZERO_RANGE = 0x10
FALLOC_INSERT_RANGE = 0x20
F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW = 36, 37, 38
SEEK_DATA, SEEK_HOLE = os.SEEK_DATA, os.SEEK_HOLE

_off_t = ctypes.c_int64
_SYS_RENAMEAT2 = {"x86_64": 316, "aarch64": 276}[os.uname().machine]


def _check(value, path=None):
    if value < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)
    return value


def renameat2(old, new, flags):
    _check(_libc.syscall(_SYS_RENAMEAT2, AT_FDCWD, os.fsencode(old), AT_FDCWD, os.fsencode(new), flags), old)


def fallocate(fd, mode, offset, length):
    _check(_libc.fallocate(fd, mode, _off_t(offset), _off_t(length)))


def linkat_fd(fd, new):
    """Gives an open file a name."""
    _check(_libc.linkat(fd, b"", AT_FDCWD, os.fsencode(new), AT_EMPTY_PATH), new)


def syncfs(fd):
    _check(_libc.syncfs(fd))


def sync_file_range(fd, offset, length, flags):
    _check(_libc.sync_file_range(fd, _off_t(offset), _off_t(length), flags))
