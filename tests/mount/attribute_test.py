"""Modes, owners, times to the nanosecond, sizes, and which calls move which time."""

import os
import time

from mounting import case
from mounting.case import needs_root
from mounting.syscalls import FALLOC_KEEP_SIZE, FALLOC_PUNCH_HOLE, fallocate

NOBODY, DAEMON = 65534, 1


class attribute(case.mounted):
    def test_modes(self):
        def scenario(p):
            p.write_file("f", b"x")
            os.mkdir(p / "d")
            os.mkfifo(p / "p")
            for mode in (0, 0o7, 0o70, 0o700, 0o644, 0o755, 0o1777, 0o2755, 0o4755, 0o7777):
                for name in ("f", "d", "p"):
                    p.do(f"chmod {mode:o} {name}", os.chmod, p / name, mode)
                    p.stat(name)
            p.do("missing", os.chmod, p / "no", 0o644)
            p.changed("chmod", lambda: os.chmod(p / "f", 0o640), "f")
            p.changed("chmod to the same", lambda: os.chmod(p / "f", 0o640), "f")
        self.same(scenario)

    def test_umask(self):
        def scenario(p):
            for umask in (0, 0o022, 0o027, 0o077, 0o777):
                os.umask(umask)
                try:
                    os.close(os.open(p / f"f{umask}", os.O_CREAT | os.O_WRONLY, 0o6777))
                    os.mkdir(p / f"d{umask}", 0o7777)
                    os.mkfifo(p / f"p{umask}", 0o666)
                finally:
                    os.umask(0o022)
                for kind in "fdp":
                    p.stat(f"{kind}{umask}")
        self.same(scenario)

    def test_times_to_the_nanosecond(self):
        def scenario(p):
            p.write_file("f", b"x")
            os.mkdir(p / "d")
            os.symlink("f", p / "s")
            for name in ("f", "d", "s"):
                for atime, mtime in ((0, 0), (1, 2), (1_234_567_890_123_456_789, 987_654_321_987_654_321),
                                     (4_102_444_800_000_000_001, 4_102_444_800_000_000_002), (-1, -2_000_000_001),
                                     (999_999_999, 1_000_000_000)):
                    p.do(f"utime {name} {atime} {mtime}", os.utime, p / name, ns=(atime, mtime), follow_symlinks=False)
                    seen = os.lstat(p / name)
                    p.note("times", (seen.st_atime_ns, seen.st_mtime_ns))
            fd = os.open(p / "f", os.O_RDONLY)
            p.do("futimens", os.utime, fd, ns=(7, 8))
            p.note("times", (os.fstat(fd).st_atime_ns, os.stat(p / "f").st_mtime_ns))
            os.close(fd)
            p.changed("utime moves ctime", lambda: os.utime(p / "f", ns=(7, 8)), "f")
        self.same(scenario)

    def test_now(self):
        def scenario(p):
            p.write_file("f", b"x")
            os.utime(p / "f", ns=(0, 0))
            before = time.time_ns()
            os.utime(p / "f")
            after = time.time_ns()
            seen = os.stat(p / "f")
            slack = 20_000_000
            for label, value in (("atime", seen.st_atime_ns), ("mtime", seen.st_mtime_ns), ("ctime", seen.st_ctime_ns)):
                p.note(f"{label} is now", before - slack <= value <= after + slack)
        self.same(scenario)

    def test_what_moves_times(self):
        def scenario(p):
            p.write_file("f", b"some bytes")
            os.mkdir(p / "d")
            fd = os.open(p / "f", os.O_RDWR)

            def create():
                os.close(os.open(p / "d/new", os.O_CREAT | os.O_WRONLY))

            p.changed("read", lambda: os.pread(fd, 4, 0), "f")
            p.changed("write", lambda: os.pwrite(fd, b"x", 0), "f", "")
            p.changed("write nothing", lambda: os.pwrite(fd, b"", 0), "f")
            p.changed("append", lambda: os.pwrite(fd, b"x", 100), "f")
            p.changed("ftruncate", lambda: os.ftruncate(fd, 5), "f")
            p.changed("ftruncate to the same", lambda: os.ftruncate(fd, 5), "f")
            p.changed("truncate", lambda: os.truncate(p / "f", 50), "f")
            p.changed("truncate to the same", lambda: os.truncate(p / "f", 50), "f")
            p.changed("punch", lambda: fallocate(fd, FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, 0, 10), "f")
            p.changed("open O_TRUNC", lambda: os.close(os.open(p / "f", os.O_WRONLY | os.O_TRUNC)), "f")
            p.changed("open O_TRUNC when empty", lambda: os.close(os.open(p / "f", os.O_WRONLY | os.O_TRUNC)), "f")
            p.changed("open and close", lambda: os.close(os.open(p / "f", os.O_RDWR)), "f")
            p.changed("fsync", lambda: os.fsync(fd), "f")
            p.changed("chown", lambda: os.chown(p / "f", -1, os.getgid()), "f")
            p.changed("setxattr", lambda: os.setxattr(p / "f", "user.a", b"1"), "f")
            p.changed("removexattr", lambda: os.removexattr(p / "f", "user.a"), "f")
            p.changed("create below", create, "d")
            p.changed("write below", lambda: os.truncate(p / "d/new", 3), "d")
            if p.can("hard_links"):
                p.changed("link below", lambda: os.link(p / "f", p / "d/l"), "d", "f")
                p.changed("unlink below", lambda: os.unlink(p / "d/l"), "d", "f")
            p.changed("unlink below", lambda: os.unlink(p / "d/new"), "d")
            p.changed("symlink below", lambda: os.symlink("x", p / "d/s"), "d")
            p.changed("mknod below", lambda: os.mkfifo(p / "d/p"), "d")
            p.changed("failed mkdir", lambda: os.mkdir(p / "d/s"), "d")
            p.changed("failed rmdir", lambda: os.rmdir(p / "d"), "d", "")
            p.changed("readdir", lambda: sorted(os.listdir(p / "d")), "d")
            os.close(fd)
        self.same(scenario)

    def test_truncate(self):
        def scenario(p):
            p.write_file("f", b"0123456789")
            for size in (5, 0, 3, 100_000, 4096, 4097, 1):
                p.do(f"truncate {size}", os.truncate, p / "f", size)
                p.stat("f")
                p.content("f")
            p.do("negative", os.truncate, p / "f", -1)
            p.do("missing", os.truncate, p / "no", 0)
            os.mkdir(p / "d")
            p.do("a folder", os.truncate, p / "d", 0)
            fd = os.open(p / "f", os.O_RDONLY)
            p.do("ftruncate read-only", os.ftruncate, fd, 0)
            os.close(fd)
        self.same(scenario)

    @needs_root
    def test_owners(self):
        def scenario(p):
            p.write_file("f", b"x")
            os.mkdir(p / "d")
            os.symlink("f", p / "s")
            for name in ("f", "d", "s"):
                for uid, gid in ((NOBODY, NOBODY), (DAEMON, -1), (-1, DAEMON), (-1, -1), (0, 0), (123456, 654321)):
                    p.do(f"chown {name} {uid} {gid}", os.lchown, p / name, uid, gid)
                    p.stat(name)
            p.changed("chown", lambda: os.chown(p / "f", NOBODY, NOBODY), "f")
        self.same(scenario)

    @needs_root
    def test_set_id_bits_are_dropped(self):
        def by_owner(p):
            os.chmod(p / "f", 0o6775)
            p.stat("f")
            p.do("write", lambda: os.pwrite(fd_of(p), b"x", 0))
            p.stat("f")
            os.chmod(p / "f", 0o6775)
            p.do("truncate", os.truncate, p / "f", 0)
            p.stat("f")
            os.chmod(p / "f", 0o6775)
            p.do("chown to itself", os.chown, p / "f", NOBODY, NOBODY)
            p.stat("f")
            os.chmod(p / "f", 0o6745)
            p.do("append without group execution", lambda: os.pwrite(fd_of(p), b"x", 100))
            p.stat("f")

        def fd_of(p):
            return os.open(p / "f", os.O_RDWR)

        def scenario(p):
            p.write_file("f", b"x")
            os.chown(p / "f", NOBODY, NOBODY)
            p.as_user(NOBODY, NOBODY, by_owner)
            os.chmod(p / "f", 0o6755)
            p.do("root writes", lambda: os.pwrite(fd_of(p), b"x", 0))
            p.stat("f")
            os.chmod(p / "f", 0o6755)
            p.do("root chowns", os.chown, p / "f", DAEMON, DAEMON)
            p.stat("f")
        self.same(scenario)

    def test_statx_birth_time_never_lies(self):
        """A birth time is optional; where there is one it lies before the last change."""
        file = self.mount / "f"
        file.write_bytes(b"x")
        import subprocess
        born = subprocess.run(["stat", "-c", "%W", file], capture_output=True, text=True, check=True).stdout.strip()
        if born not in ("0", "-"):
            self.assertLessEqual(int(born), file.stat().st_ctime + 1)

    def test_statfs(self):
        seen = os.statvfs(self.mount)
        self.assertGreater(seen.f_bsize, 0)
        self.assertGreater(seen.f_blocks, 0)
        self.assertLessEqual(seen.f_bavail, seen.f_bfree)
        self.assertLessEqual(seen.f_bfree, seen.f_blocks)
        self.assertEqual(seen.f_namemax, 255)
        (self.mount / "big").write_bytes(b"x" * (32 << 20))
        os.sync()
        used = (seen.f_bfree - os.statvfs(self.mount).f_bfree) * seen.f_frsize
        if case.settings.backend == "memory":  # Others share their disk.
            self.assertGreaterEqual(used, 32 << 20)
            self.assertEqual(seen.f_blocks * seen.f_frsize, 8 << 30)
        (self.mount / "big").unlink()
        if case.settings.backend == "memory":
            # The kernel tells of the last close and of the forgotten inode after unlink has returned.
            until = time.monotonic() + 10
            while os.statvfs(self.mount).f_bfree + 64 < seen.f_bfree and time.monotonic() < until:
                time.sleep(0.05)
            self.assertGreaterEqual(os.statvfs(self.mount).f_bfree + 64, seen.f_bfree)

    @case.needs("sparse")
    def test_blocks(self):
        """st_blocks counts what is stored: du tells a sparse file from a full one."""
        def scenario(p):
            p.write_file("full", b"x" * (1 << 20))
            fd = os.open(p / "sparse", os.O_CREAT | os.O_RDWR)
            os.ftruncate(fd, 1 << 30)
            os.pwrite(fd, b"x", 1 << 29)
            for file in (fd, os.open(p / "full", os.O_RDWR)):
                os.fsync(file)
                os.close(file)
            p.note("full", os.stat(p / "full").st_blocks * 512 >= 1 << 20)
            p.note("sparse", os.stat(p / "sparse").st_blocks * 512 <= 4 << 20)
        self.same(scenario)
