"""Bytes: reading, writing, holes, offsets past 4 GiB, mapping, copying inside the mount, making them durable."""

import errno
import mmap
import os
import random

from mounting import case
from mounting.syscalls import (FALLOC_COLLAPSE_RANGE, FALLOC_INSERT_RANGE, FALLOC_KEEP_SIZE, FALLOC_PUNCH_HOLE,
                               FALLOC_ZERO_RANGE, fallocate, sync_file_range, syncfs)

GIB = 1 << 30


class data(case.mounted):
    @classmethod
    def table(cls):
        """Where holes are sent as zeros, larger ones than usual may be there for a while: test_far_offsets…"""
        return {**super().table(), **({} if case.can("sparse") else {"hole_max": "2TiB"})}

    def test_mapping_of_an_append_handle(self):
        def scenario(p):
            fd = os.open(p / "f", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            os.write(fd, b"0123456789" * 1000)
            with mmap.mmap(fd, 10_000) as view:
                view[4090:4100] = b"ABCDEFGHIJ"
                view.flush()
                p.do("read", os.pread, fd, 30, 4080)
                p.do("append", os.write, fd, b"end")
                p.do("the mapping", lambda: bytes(view[4085:4105]))
            p.do("all", os.pread, fd, 20_000, 0)
            os.close(fd)
        self.same(scenario)

    def test_offsets(self):
        def scenario(p):
            fd = os.open(p / "f", os.O_CREAT | os.O_RDWR)
            for offset, size in ((0, 1), (4095, 2), (1 << 20, 1), (100_000, 70_000), (0, 0), ((1 << 20) + 1, 3_000_000)):
                p.do(f"write {offset} {size}", os.pwrite, fd, bytes([offset % 251]) * size, offset)
                p.note("size", os.fstat(fd).st_size)
            for offset, size in ((0, 10), (4090, 10), (99_990, 20), (1 << 20, 10), (5_000_000, 10), (4_048_570, 100)):
                p.do(f"read {offset} {size}", os.pread, fd, size, offset)
            p.do("negative", os.pread, fd, 1, -1)
            p.do("vectors", lambda: os.preadv(fd, [bytearray(3), bytearray(4096), bytearray(5)], 4094))
            p.do("write vectors", lambda: os.pwritev(fd, [b"a" * 3, b"b" * 5000, b""], 7))
            p.content("f")
            os.close(fd)
            fd = os.open(p / "f", os.O_RDONLY)
            p.do("write read-only", os.write, fd, b"x")
            os.close(fd)
            fd = os.open(p / "f", os.O_WRONLY)
            p.do("read write-only", os.read, fd, 1)
            os.close(fd)
        self.same(scenario)

    def test_far_offsets_before_anything_is_published(self):
        """Nothing of a hole is anywhere before the file is synced or closed, on any backend."""
        def scenario(p):
            fd = os.open(p / "f", os.O_CREAT | os.O_RDWR)
            for offset in (4 * GIB - 3, 4 * GIB, 5 * GIB + 12345, 2 * GIB - 2, 1 << 40):
                p.do(f"write at {offset}", os.pwrite, fd, b"marker", offset)
            p.note("size", os.fstat(fd).st_size)
            for offset in (4 * GIB - 5, 5 * GIB + 12340, 2 * GIB - 4, (1 << 40) - 2, 3 * GIB):
                p.do(f"read at {offset}", os.pread, fd, 12, offset)
            p.do("cut", os.ftruncate, fd, 4 * GIB + 2)
            p.do("read the end", os.pread, fd, 100, 4 * GIB - 3)
            p.do("seek end", os.lseek, fd, 0, os.SEEK_END)
            os.ftruncate(fd, 100)
            os.pwrite(fd, b"kept", 98)
            os.close(fd)
            p.content("f")
        self.same(scenario)

    def test_holes_that_nobody_would_want_sent(self):
        if case.can("sparse"):
            self.skipTest("here they take no space")
        limit = 2 << 40  # `table`
        fd = os.open(self.mount / "holes", os.O_CREAT | os.O_RDWR)
        try:
            for label, act in (("truncate", lambda: os.ftruncate(fd, limit + 1)),
                               ("fallocate", lambda: fallocate(fd, 0, 0, limit + 1)),
                               ("write", lambda: os.pwrite(fd, b"x", limit + 1))):
                with self.subTest(label), self.assertRaises(OSError) as refused:
                    act()
                self.assertEqual(refused.exception.errno, errno.EFBIG)
            self.assertEqual(os.fstat(fd).st_size, 0)
            os.ftruncate(fd, limit)
            os.ftruncate(fd, 0)
        finally:
            os.close(fd)

    @case.needs("sparse")
    def test_past_four_gib(self):
        def scenario(p):
            fd = os.open(p / "f", os.O_CREAT | os.O_RDWR)
            for offset in (4 * GIB - 3, 4 * GIB, 5 * GIB + 12345, 2 * GIB - 2, 1 << 40):
                p.do(f"write at {offset}", os.pwrite, fd, b"marker", offset)
            p.note("size", os.fstat(fd).st_size)
            for offset in (4 * GIB - 5, 5 * GIB + 12340, 2 * GIB - 4, (1 << 40) - 2, 3 * GIB):
                p.do(f"read at {offset}", os.pread, fd, 12, offset)
            p.do("cut", os.ftruncate, fd, 4 * GIB + 2)
            p.do("read the end", os.pread, fd, 100, 4 * GIB - 3)
            p.do("copy over the border", os.copy_file_range, fd, fd, 6, 4 * GIB - 4, 4 * GIB + 4)
            p.do("read the copy", os.pread, fd, 100, 4 * GIB)
            p.do("seek end", os.lseek, fd, 0, os.SEEK_END)
            os.close(fd)
            p.stat("f")
        self.same(scenario)

    def test_random_writes_equal(self):
        def scenario(p):
            chance = random.Random(case.settings.seed)
            model = bytearray()
            fd = os.open(p / "f", os.O_CREAT | os.O_RDWR)
            for _ in range(400):
                offset, size = chance.randrange(2_000_000), chance.choice((1, 100, 4096, 5000, 131072, 200_000))
                if chance.random() < 0.1:
                    os.ftruncate(fd, offset)
                    model = model[:offset].ljust(offset, b"\0")
                else:
                    chunk = chance.randbytes(size)
                    os.pwrite(fd, chunk, offset)
                    model = model.ljust(offset, b"\0")
                    model[offset:offset + size] = chunk
            p.note("as the model", os.pread(fd, len(model) + 1, 0) == bytes(model))
            os.close(fd)
            p.note("after close", p.read_file("f") == bytes(model))
        self.same(scenario)

    def test_fallocate(self):
        def scenario(p):
            p.write_file("f", bytes(range(256)) * 100)
            fd = os.open(p / "f", os.O_RDWR)
            for label, mode, offset, size in (
                    ("keep size", FALLOC_KEEP_SIZE, 20_000, 50_000), ("plain inside", 0, 0, 10_000),
                    ("plain growing", 0, 25_000, 10_000), ("punch", FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, 1000, 9000),
                    ("punch past the end", FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, 30_000, 90_000),
                    ("punch without keep", FALLOC_PUNCH_HOLE, 0, 10), ("zero", FALLOC_ZERO_RANGE, 12_000, 3000),
                    ("zero growing", FALLOC_ZERO_RANGE, 34_000, 5000),
                    ("zero keeping", FALLOC_ZERO_RANGE | FALLOC_KEEP_SIZE, 38_000, 5000), ("nothing", 0, 0, 0),
                    ("negative", 0, -1, 10)):
                p.do(label, fallocate, fd, mode, offset, size)
                p.note("size", os.fstat(fd).st_size)
                p.do("content", os.pread, fd, 100_000, 0)
            p.do("posix_fallocate", os.posix_fallocate, fd, 0, 60_000)
            p.note("size", os.fstat(fd).st_size)
            os.close(fd)
            fd = os.open(p / "f", os.O_RDONLY)
            p.do("read-only", fallocate, fd, 0, 0, 10)
            os.close(fd)
        self.same(scenario)

    def test_fallocate_that_moves_bytes_is_refused_or_right(self):
        """The kernel passes neither to a daemon: what matters is that a refusal changes nothing."""
        if case.settings.backend == "native":
            self.skipTest("filesystems of the kernel's own may have both")
        file = self.mount / "f"
        content = os.urandom(64 << 10)
        file.write_bytes(content)
        with open(file, "r+b") as opened:
            for mode in (FALLOC_COLLAPSE_RANGE, FALLOC_INSERT_RANGE):
                with self.assertRaises(OSError):
                    fallocate(opened.fileno(), mode, 4096, 4096)
        self.assertEqual(file.read_bytes(), content)

    def test_seeking_data_and_holes_never_misleads(self):
        """Between the places that SEEK_DATA and SEEK_HOLE name everything is data, or everything is zeros."""
        blocks = [bytes([number % 3]) * 65536 for number in range(48)]  # Every third one is zeros.
        with open(self.mount / "f", "w+b", buffering=0) as file:
            file.truncate(48 * 65536)
            for number, block in enumerate(blocks):
                if any(block):
                    os.pwrite(file.fileno(), block, number * 65536)
            for step in ("unpublished", "published"):
                with self.subTest(step):
                    found, at = bytearray(48 * 65536), 0
                    while True:
                        try:
                            at = os.lseek(file.fileno(), at, os.SEEK_DATA)
                        except OSError as failure:
                            self.assertEqual(failure.errno, errno.ENXIO)
                            break
                        end = os.lseek(file.fileno(), at, os.SEEK_HOLE)
                        self.assertGreater(end, at)
                        found[at:end] = os.pread(file.fileno(), end - at, at)
                        at = end
                    self.assertEqual(bytes(found), b"".join(blocks))
                os.fsync(file.fileno())

    @case.needs("sparse")
    def test_holes(self):
        """SEEK_DATA and SEEK_HOLE may round to blocks, so what they find is compared at that grain."""
        def scenario(p):
            fd = os.open(p / "f", os.O_CREAT | os.O_RDWR)
            p.do("data in nothing", os.lseek, fd, 0, os.SEEK_DATA)
            p.do("hole in nothing", os.lseek, fd, 0, os.SEEK_HOLE)
            os.ftruncate(fd, 8 << 20)
            p.do("data in a hole", os.lseek, fd, 0, os.SEEK_DATA)
            p.do("hole in a hole", os.lseek, fd, 100, os.SEEK_HOLE)
            os.pwrite(fd, b"x" * (1 << 20), 2 << 20)
            os.pwrite(fd, b"x" * (1 << 20), 6 << 20)
            os.fsync(fd)
            for at in (0, 1 << 20, 2 << 20, (2 << 20) + 5, 3 << 20, 6 << 20, 7 << 20, (8 << 20) - 1, 8 << 20, 9 << 20):
                p.do(f"data from {at}", os.lseek, fd, at, os.SEEK_DATA)
                p.do(f"hole from {at}", os.lseek, fd, at, os.SEEK_HOLE)
            fallocate(fd, FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, (6 << 20) + (512 << 10), 512 << 10)
            p.do("hole after a punch", os.lseek, fd, 6 << 20, os.SEEK_HOLE)
            p.do("negative", os.lseek, fd, -1, os.SEEK_DATA)
            os.close(fd)
        self.same(scenario)

    @case.needs("sparse")
    def test_sparse_copy_stays_sparse(self):
        import subprocess
        with open(self.mount / "a", "wb") as file:
            file.truncate(1 << 30)
            file.seek(512 << 20)
            file.write(b"middle")
        subprocess.run(["cp", "--sparse=auto", self.mount / "a", self.mount / "b"], check=True)
        subprocess.run(["cp", "--reflink=never", self.mount / "a", self.native / "b"], check=True)
        self.assertEqual(os.stat(self.mount / "b").st_size, 1 << 30)
        self.assertLess(os.stat(self.mount / "b").st_blocks * 512, 8 << 20)
        self.assertLess(os.stat(self.native / "b").st_blocks * 512, 8 << 20)
        with open(self.mount / "b", "rb") as file:
            file.seek((512 << 20) - 1)
            self.assertEqual(file.read(7), b"\0middle")

    def test_copy_file_range(self):
        def scenario(p):
            p.write_file("a", bytes(range(256)) * 5000)
            p.write_file("b", b"before")
            a, b = os.open(p / "a", os.O_RDONLY), os.open(p / "b", os.O_RDWR)
            p.do("all", os.copy_file_range, a, b, 10_000_000, 0, 0)
            p.content("b")
            p.do("middle", os.copy_file_range, a, b, 5000, 1234, 2_000_000)
            p.content("b")
            p.do("past the end", os.copy_file_range, a, b, 10, 5_000_000, 0)
            p.do("nothing", os.copy_file_range, a, b, 0, 0, 0)
            p.do("at the file positions", os.copy_file_range, a, b, 77)
            p.note("positions", (os.lseek(a, 0, os.SEEK_CUR), os.lseek(b, 0, os.SEEK_CUR)))
            p.do("within one file", os.copy_file_range, b, b, 1000, 0, 3_000_000)
            p.do("overlapping", os.copy_file_range, b, b, 1000, 0, 500)
            p.content("b")
            p.do("onto read-only", os.copy_file_range, b, a, 10, 0, 0)
            appender = os.open(p / "b", os.O_WRONLY | os.O_APPEND)
            p.do("onto an appender", os.copy_file_range, a, appender, 10, 0, 0)
            folder = os.open(p.root, os.O_RDONLY)
            p.do("from a folder", os.copy_file_range, folder, b, 10, 0, 0)
            for fd in (a, b, appender, folder):
                os.close(fd)
            p.stat("b")
        self.same(scenario)

    def test_sendfile_and_splice(self):
        def scenario(p):
            p.write_file("a", bytes(range(256)) * 3000)
            a, b = os.open(p / "a", os.O_RDONLY), os.open(p / "b", os.O_CREAT | os.O_RDWR)
            sent = 0
            while sent < 768_000:
                sent += os.sendfile(b, a, sent, 768_000 - sent)
            p.content("b")
            reader, writer = os.pipe()
            p.do("into a pipe", os.splice, a, writer, 4096, offset_src=100)
            p.do("out of the pipe", os.splice, reader, b, 4096, offset_dst=50)
            p.content("b")
            for fd in (a, b, reader, writer):
                os.close(fd)
        self.same(scenario)

    def test_mapped_shared(self):
        def scenario(p):
            p.write_file("f", b"." * 20_000)
            fd = os.open(p / "f", os.O_RDWR)
            with mmap.mmap(fd, 20_000) as view:
                view[0:5] = b"first"
                view[8190:8196] = b"border"
                view.flush()
                p.do("read after msync", os.pread, fd, 20_000, 0)
                os.pwrite(fd, b"by write", 100)
                p.note("view sees the write", bytes(view[100:108]))
                view[19_990:20_000] = b"0123456789"
            os.close(fd)
            p.content("f")
            p.stat("f")
        self.same(scenario)

    def test_mapped_between_processes(self):
        def scenario(p):
            p.write_file("f", b"\0" * 8192)
            fd = os.open(p / "f", os.O_RDWR)
            with mmap.mmap(fd, 8192) as view:
                child = os.fork()
                if child == 0:
                    with mmap.mmap(os.open(p / "f", os.O_RDWR), 8192) as other:
                        other[4000:4100] = b"c" * 100
                    os._exit(0)
                os.waitpid(child, 0)
                p.note("seen", bytes(view[3999:4101]))
            os.close(fd)
            p.content("f")
        self.same(scenario)

    def test_mapped_private(self):
        def scenario(p):
            p.write_file("f", b"original" * 1000)
            fd = os.open(p / "f", os.O_RDONLY)
            with mmap.mmap(fd, 8000, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE) as view:
                view[0:4] = b"mine"
                p.note("view", bytes(view[0:8]))
                p.content("f")
            with mmap.mmap(fd, 8000, prot=mmap.PROT_READ) as view:
                p.note("read-only view", bytes(view[0:8]))
                os.unlink(p / "f")
                p.note("after unlink", bytes(view[4000:4008]))
            os.close(fd)
        self.same(scenario)

    def test_mapping_outlives_the_descriptor(self):
        def scenario(p):
            p.write_file("f", b"." * 4096)
            fd = os.open(p / "f", os.O_RDWR)
            view = mmap.mmap(fd, 4096)
            os.close(fd)
            view[0:4] = b"late"
            view.close()
            p.content("f")
        self.same(scenario)

    def test_sync(self):
        def scenario(p):
            fd = os.open(p / "f", os.O_CREAT | os.O_RDWR)
            os.write(fd, b"x" * 100_000)
            p.do("fsync", os.fsync, fd)
            p.do("fdatasync", os.fdatasync, fd)
            p.do("sync_file_range", sync_file_range, fd, 0, 100, 7)
            p.do("syncfs", syncfs, fd)
            os.close(fd)
            for flags in (os.O_SYNC, os.O_DSYNC):
                fd = os.open(p / "f", os.O_WRONLY | flags)
                p.do("synchronous write", os.write, fd, b"y")
                os.close(fd)
            fd = os.open(p.root, os.O_RDONLY)
            p.do("fsync of a folder", os.fsync, fd)
            p.do("fdatasync of a folder", os.fdatasync, fd)
            p.do("read of a folder", os.read, fd, 10)
            os.close(fd)
            fd = os.open(p / "f", os.O_RDONLY)
            p.do("fsync read-only", os.fsync, fd)
            os.close(fd)
            p.content("f")
        self.same(scenario)

    def test_direct(self):
        """O_DIRECT with aligned buffers; where it is not had, opening says so."""
        block = mmap.mmap(-1, 65536)
        block[:] = bytes(range(256)) * 256
        try:
            fd = os.open(self.mount / "f", os.O_CREAT | os.O_RDWR | os.O_DIRECT)
        except OSError:
            return
        self.assertEqual(os.pwrite(fd, block, 4096), 65536)
        into = mmap.mmap(-1, 65536)
        self.assertEqual(os.preadv(fd, [into], 4096), 65536)
        self.assertEqual(into[:], block[:])
        os.close(fd)
        content = (self.mount / "f").read_bytes()
        self.assertEqual(content, b"\0" * 4096 + block[:])

    def test_large_file_round_trip(self):
        import hashlib
        chunk = random.Random(case.settings.seed).randbytes(1 << 20)
        expected = hashlib.sha256()
        with open(self.mount / "f", "wb", buffering=0) as file:
            for number in range(128):
                piece = number.to_bytes(4, "big") + chunk[4:]
                file.write(piece)
                expected.update(piece)
        with open(self.mount / "f", "rb", buffering=0) as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            found = hashlib.sha256()
            while piece := file.read(3 << 20):
                found.update(piece)
        self.assertEqual(found.hexdigest(), expected.hexdigest())
