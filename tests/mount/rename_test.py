"""rename(2) and renameat2(2), with every kind of target and flag."""

import errno
import os
import time

from mounting import case
from mounting.syscalls import RENAME_EXCHANGE, RENAME_NOREPLACE, RENAME_WHITEOUT, renameat2


def populate(p):
    p.write_file("file", b"file")
    p.write_file("other", b"other")
    os.mkdir(p / "empty")
    os.mkdir(p / "empty2")
    os.mkdir(p / "full")
    p.write_file("full/inside", b"inside")
    os.symlink("file", p / "link")
    os.mkfifo(p / "fifo")


class rename(case.mounted):
    KINDS = ("file", "other", "empty", "empty2", "full", "link", "fifo", "missing")

    def each_pair(self, p, flags):
        for old in self.KINDS:
            for new in (*self.KINDS, "full/deeper", "empty/deeper", "file/below"):
                folder = f"{old}-{new}".replace("/", "_")
                os.mkdir(p / folder)
                inside = type(p)(p / folder, p.abilities)
                populate(inside)
                inside.do(f"{old} to {new}", renameat2, inside / old, inside / new, flags)
                for name in sorted(self.KINDS):
                    inside.stat(name)
                inside.list("full")
                p.record += [(f"{old} to {new}: {what}", value) for what, value in inside.record]

    def test_plain(self):
        self.same(lambda p: self.each_pair(p, 0))

    def test_noreplace(self):
        self.same(lambda p: self.each_pair(p, RENAME_NOREPLACE))

    @case.needs("exchange")
    def test_exchange(self):
        self.same(lambda p: self.each_pair(p, RENAME_EXCHANGE))

    def test_bad_flags(self):
        def scenario(p):
            populate(p)
            p.do("both", renameat2, p / "file", p / "other", RENAME_NOREPLACE | RENAME_EXCHANGE)
            p.do("unknown", renameat2, p / "file", p / "other", 1 << 10)
            p.content("file")
            p.content("other")
        self.same(scenario)

    def test_whiteout_is_refused_or_done(self):
        """Few filesystems make whiteouts; what matters is that nothing is lost when the call is refused."""
        populate(self.probe(self.mount))
        try:
            renameat2(self.mount / "file", self.mount / "gone", RENAME_WHITEOUT)
        except OSError:
            self.assertEqual((self.mount / "file").read_bytes(), b"file")
            self.assertFalse((self.mount / "gone").exists())
        else:
            self.assertEqual((self.mount / "gone").read_bytes(), b"file")

    def test_exchange_is_done_or_refused(self):
        """EINVAL is what programs know to fall back from; and what is refused changes nothing."""
        populate(self.probe(self.mount))
        try:
            renameat2(self.mount / "file", self.mount / "full", RENAME_EXCHANGE)
        except OSError as failure:
            self.assertEqual(failure.errno, errno.EINVAL)
            self.assertFalse(case.can("exchange"))
            self.assertEqual((self.mount / "file").read_bytes(), b"file")
            self.assertEqual((self.mount / "full/inside").read_bytes(), b"inside")
        else:
            self.assertEqual((self.mount / "full").read_bytes(), b"file")
            self.assertEqual((self.mount / "file/inside").read_bytes(), b"inside")

    def test_special_names(self):
        def scenario(p):
            populate(p)
            os.mkdir(p / "full/sub")
            p.do("into itself", os.rename, p / "full", p / "full/sub/full")
            p.do("dot", os.rename, p / "full/.", p / "moved")
            p.do("dotdot", os.rename, p / "full/sub/..", p / "moved")
            p.do("onto dot", os.rename, p / "empty", p / "full/.")
            p.do("slash on file", os.rename, p / "file/", p / "moved")
            p.do("slash on target", os.rename, p / "file", p / "moved/")
            p.do("slash on folder", os.rename, p / "empty/", p / "moved/")
            p.do("same", os.rename, p / "file", p / "file")
            if p.can("hard_links"):
                os.link(p / "file", p / "hard")
                p.do("hard links of one file", os.rename, p / "file", p / "hard")
                p.list()
            p.do("long", os.rename, p / "file", p / ("n" * 256))
            p.do("255", os.rename, p / "file", p / ("n" * 255))
            p.list()
        self.same(scenario)

    def test_times(self):
        def scenario(p):
            populate(p)
            os.mkdir(p / "to")
            p.changed("across", lambda: os.rename(p / "file", p / "to/file"), "", "to")
            p.changed("replace", lambda: os.rename(p / "other", p / "to/file"), "", "to")
            p.changed("folder", lambda: os.rename(p / "full", p / "to/full"), "", "to")
            p.content("to/file")
            p.stat("to")
            p.stat("")
        self.same(scenario)

    def test_over_open_file(self):
        """Whoever has the replaced file open keeps it, bytes and all."""
        def scenario(p):
            populate(p)
            fd = os.open(p / "other", os.O_RDWR)
            moved = os.open(p / "file", os.O_RDWR)
            p.do("replace", os.rename, p / "file", p / "other")
            p.note("nlink of the replaced", os.fstat(fd).st_nlink)
            p.do("read the replaced", os.pread, fd, 100, 0)
            p.do("write the replaced", os.pwrite, fd, b"still here", 0)
            p.do("read the replaced", os.pread, fd, 100, 0)
            p.do("write the moved", os.pwrite, moved, b"FILE", 0)
            p.content("other")
            os.close(fd)
            os.close(moved)
            p.content("other")
            p.stat("other")
        self.same(scenario)

    @case.needs("atomic_rename")
    def test_replace_loop_never_misses(self):
        """A reader that opens by name while the name is replaced sees one whole version, always."""
        self.replace_loop(600, max(200, case.many(400)))

    @case.needs("atomic_rename")
    def test_replace_loop_of_large_files(self):
        self.replace_loop(600_000, max(60, case.many(400)))

    def replace_loop(self, size, count):
        child = os.fork()
        if child == 0:
            try:
                for number in range(count):
                    temporary = self.mount / "new"
                    temporary.write_bytes(b"%06d" % number * (size // 6))
                    os.rename(temporary, self.mount / "name")
            finally:
                os._exit(0)
        deadline = time.monotonic() + 60
        seen = set()
        while os.waitpid(child, os.WNOHANG)[0] == 0 and time.monotonic() < deadline:
            try:
                data = (self.mount / "name").read_bytes()
            except FileNotFoundError:
                self.assertFalse(seen, "the name was gone for a moment")
                continue
            self.assertEqual(len(data), size)
            self.assertEqual(data, data[:6] * (size // 6))
            seen.add(data[:6])
        self.assertGreater(len(seen), 1)

    def test_directory_keeps_what_is_open_below(self):
        def scenario(p):
            populate(p)
            fd = os.open(p / "full/inside", os.O_RDWR)
            folder = os.open(p / "full", os.O_RDONLY)
            p.do("move", os.rename, p / "full", p / "elsewhere")
            p.do("write", os.pwrite, fd, b"INSIDE", 0)
            p.do("list by descriptor", lambda: sorted(os.listdir(folder)))
            p.do("create by descriptor", lambda: os.close(os.open("more", os.O_CREAT | os.O_WRONLY, dir_fd=folder)))
            p.do("stat old", os.stat, p / "full")
            p.list("elsewhere")
            p.content("elsewhere/inside")
            os.close(fd)
            os.close(folder)
        self.same(scenario)

    def test_replaced_directory_stays_open(self):
        def scenario(p):
            populate(p)
            folder = os.open(p / "empty", os.O_RDONLY)
            p.do("replace", os.rename, p / "full", p / "empty")
            p.do("list the replaced", os.listdir, folder)
            p.do("create in the replaced", lambda: os.open("x", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
            p.note("nlink", os.fstat(folder).st_nlink)
            p.list("empty")
            os.close(folder)
        self.same(scenario)
