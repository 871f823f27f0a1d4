"""open(2) with its flags, and what a descriptor can do after its file lost its name."""

import errno
import itertools
import os
import resource

from mounting import case
from mounting.syscalls import FALLOC_KEEP_SIZE, FALLOC_PUNCH_HOLE, fallocate


class open_flags(case.mounted):
    def test_every_combination(self):
        """Access mode × O_CREAT, O_EXCL, O_TRUNC, O_APPEND × what is there."""
        extra = (os.O_CREAT, os.O_EXCL, os.O_TRUNC, os.O_APPEND)

        def scenario(p):
            number = 0
            for access in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR):
                for count in range(len(extra) + 1):
                    for chosen in itertools.combinations(extra, count):
                        flags = access | sum(chosen)
                        if flags & os.O_EXCL and not flags & os.O_CREAT:
                            continue  # Undefined by POSIX.
                        number += 1
                        folder = f"{number}"
                        os.mkdir(p / folder)
                        p.write_file(f"{folder}/file", b"0123456789")
                        os.mkdir(p / f"{folder}/folder")
                        os.symlink("file", p / f"{folder}/link")
                        os.symlink("none", p / f"{folder}/dangling")
                        for name in ("file", "missing", "folder", "link", "dangling", "file/below", "no/way"):
                            fd = p.open(f"{folder}/{name}", flags)
                            if fd is not None:
                                p.do("write", os.write, fd, b"new")
                                p.do("at", os.lseek, fd, 0, os.SEEK_CUR)
                                p.do("pread", os.pread, fd, 100, 0)
                                os.close(fd)
                        p.content(f"{folder}/file")
                        p.list(folder)
        self.same(scenario)

    def test_append(self):
        def scenario(p):
            p.write_file("f", b"start")
            one = os.open(p / "f", os.O_WRONLY | os.O_APPEND)
            two = os.open(p / "f", os.O_RDWR)
            p.do("append", os.write, one, b"-one")
            p.do("at", os.lseek, one, 0, os.SEEK_CUR)
            p.do("seek", os.lseek, one, 0, os.SEEK_SET)
            p.do("append after seek", os.write, one, b"-two")
            p.do("other grows", os.pwrite, two, b"#", 50)
            p.do("append after growth", os.write, one, b"-three")
            p.do("pwrite appends on Linux", os.pwrite, one, b"!", 0)
            os.ftruncate(two, 3)
            p.do("append after shrinking", os.write, one, b"-four")
            p.content("f")
            import fcntl
            flags = fcntl.fcntl(two, fcntl.F_GETFL)
            p.do("become an appender", fcntl.fcntl, two, fcntl.F_SETFL, flags | os.O_APPEND)
            p.do("append", os.write, two, b"-five")
            fcntl.fcntl(one, fcntl.F_SETFL, 0)
            os.lseek(one, 0, os.SEEK_SET)
            p.do("no appender any more", os.write, one, b"S")
            p.do("RWF_APPEND", lambda: os.pwritev(one, [b"-six"], 0, os.RWF_APPEND))
            p.content("f")
            os.close(one)
            os.close(two)
        self.same(scenario)

    def test_directory_and_nofollow(self):
        def scenario(p):
            p.write_file("f", b"x")
            os.mkdir(p / "d")
            os.symlink("d", p / "s")
            for name in ("f", "d", "s", "none"):
                for flags in (os.O_DIRECTORY, os.O_NOFOLLOW, os.O_DIRECTORY | os.O_NOFOLLOW, os.O_PATH,
                              os.O_RDWR | os.O_DIRECTORY, os.O_CREAT | os.O_DIRECTORY):
                    fd = p.open(name, flags)
                    if fd is not None:
                        os.close(fd)
            p.list()
        self.same(scenario)

    def test_tmpfile(self):
        """Either a nameless file that works, or the errno with which programs fall back."""
        try:
            fd = os.open(self.mount, os.O_TMPFILE | os.O_RDWR, 0o600)
        except OSError as failure:
            self.assertIn(failure.errno, (errno.EOPNOTSUPP, errno.EISDIR))
            return
        os.write(fd, b"nameless")
        self.assertEqual(os.pread(fd, 20, 0), b"nameless")
        self.assertEqual(os.fstat(fd).st_nlink, 0)
        self.assertEqual(os.listdir(self.mount), [])
        os.close(fd)

    def test_python_tempfile(self):
        """Programs use O_TMPFILE where it is and a hidden name where it is not."""
        import tempfile
        with tempfile.TemporaryFile(dir=self.mount) as file:
            file.write(b"x" * 100_000)
            file.seek(0)
            self.assertEqual(file.read(), b"x" * 100_000)
        self.assertEqual(os.listdir(self.mount), [])

    def test_unlinked_while_open(self):
        def scenario(p):
            p.write_file("f", b"0123456789" * 1000)
            one, two = os.open(p / "f", os.O_RDWR), os.open(p / "f", os.O_RDONLY)
            p.do("unlink", os.unlink, p / "f")
            p.list()
            p.do("stat the name", os.stat, p / "f")
            p.do("fstat", os.fstat, one)
            p.do("read", os.pread, two, 20, 5)
            p.do("write", os.pwrite, one, b"written", 3)
            p.do("read by the other", os.pread, two, 20, 0)
            p.do("ftruncate", os.ftruncate, one, 5)
            p.do("fstat", os.fstat, two)
            p.do("grow", os.ftruncate, one, 100_000)
            p.do("punch", fallocate, one, FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, 0, 4)
            p.do("read", os.pread, two, 20, 0)
            p.do("fchmod", os.fchmod, one, 0o600)
            p.do("futimes", os.utime, one, ns=(1, 2))
            p.do("fsync", os.fsync, one)
            p.do("fstat", os.fstat, one)
            p.write_file("f", b"another")
            p.content("f")
            p.do("read the old", os.pread, two, 20, 0)
            p.do("through proc", lambda: os.stat(f"/proc/self/fd/{one}").st_size)
            os.close(one)
            p.do("read after one close", os.pread, two, 20, 0)
            os.close(two)
            p.content("f")
            p.list()
        self.same(scenario)

    def test_removed_directory_while_open(self):
        def scenario(p):
            os.mkdir(p / "d")
            fd = os.open(p / "d", os.O_RDONLY)
            p.do("rmdir", os.rmdir, p / "d")
            p.do("list", os.listdir, fd)
            p.note("nlink", os.fstat(fd).st_nlink)
            p.do("create", lambda: os.open("x", os.O_CREAT | os.O_WRONLY, dir_fd=fd))
            p.do("mkdir", os.mkdir, "x", dir_fd=fd)
            p.do("mkdir again", os.mkdir, p / "d")
            p.do("old stays empty", os.listdir, fd)
            os.close(fd)
        self.same(scenario)

    def test_reopen_through_proc(self):
        def scenario(p):
            p.write_file("f", b"content")
            fd = os.open(p / "f", os.O_RDONLY)
            os.unlink(p / "f")
            again = p.do("reopen", lambda: os.open(f"/proc/self/fd/{fd}", os.O_RDWR) > 0)
            p.note("worked", again)
            os.close(fd)
        self.same(scenario)

    def test_many_open(self):
        """Two thousand files open at once, each its own."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        count = case.many(2000)
        if hard != resource.RLIM_INFINITY and hard < count + 100:
            self.skipTest(f"{hard} files at most")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count + 100), hard))
        opened = [os.open(self.mount / f"f{number}", os.O_CREAT | os.O_RDWR) for number in range(count)]
        for number, fd in enumerate(opened):
            os.write(fd, b"%d" % number)
        for number in range(0, count, 2):
            os.unlink(self.mount / f"f{number}")
        for number, fd in enumerate(opened):
            self.assertEqual(os.pread(fd, 20, 0), b"%d" % number)
            os.close(fd)
        self.assertEqual(len(os.listdir(self.mount)), count // 2)

    def test_executing(self):
        """A program on the mount runs, and its modes decide whether it does."""
        import subprocess
        import shutil
        program = self.mount / "true"
        shutil.copy("/bin/true", program)
        self.assertEqual(subprocess.run([program]).returncode, 0)
        script = self.mount / "script"
        script.write_text("#!/bin/sh\nexit 7\n")
        script.chmod(0o755)
        self.assertEqual(subprocess.run([script]).returncode, 7)
        script.chmod(0o644)
        with self.assertRaises(PermissionError):
            subprocess.run([script])
