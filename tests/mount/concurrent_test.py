"""Many processes and threads at once: no record torn or lost, no byte of anybody else's."""

import hashlib
import mmap
import os
import random
import threading

from mounting import case


def in_processes(count, work):
    """Runs work(number) in that many children; raises when one fails."""
    children = []
    for number in range(count):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                work(number)
                status = 0
            except BaseException:
                import traceback
                traceback.print_exc()
            finally:
                os._exit(status)
        children.append(child)
    failed = [child for child in children if os.waitpid(child, 0)[1] != 0]
    if failed:
        raise AssertionError(f"{len(failed)} of {count} processes failed")


class concurrent(case.mounted):
    def append(self, size, each, processes=8):
        def writer(number):
            fd = os.open(self.mount / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            for record in range(each):
                line = (b"%02d %06d " % (number, record)).ljust(size - 1, b"abcdefgh"[number:number + 1]) + b"\n"
                if os.write(fd, line) != size:
                    raise AssertionError("a short append")
            os.close(fd)
        in_processes(processes, writer)
        data = (self.mount / "log").read_bytes()
        self.assertEqual(len(data), size * each * processes, "records were lost")
        following = [0] * processes
        for at in range(0, len(data), size):
            line = data[at:at + size]
            number, record = int(line[:2]), int(line[3:9])
            self.assertEqual(line[10:-1], b"abcdefgh"[number:number + 1] * (size - 11), "a torn record")
            self.assertEqual(record, following[number], "records of one writer out of order")
            following[number] += 1

    def test_append_small(self):
        self.append(64, 400)

    def test_append_odd(self):
        self.append(4097, 100)

    def test_append_large(self):
        self.append(300_001, 8)

    def test_a_reader_behind_an_appender(self):
        """Who follows a log through the page cache sees each record whole, never a page's zeros."""
        count, size = 3000, 137
        expected = b"".join((b"%06d " % record).ljust(size - 1, b"x") + b"\n" for record in range(count))
        (self.mount / "log").touch()

        def work(number):
            if number == 0:
                fd = os.open(self.mount / "log", os.O_WRONLY | os.O_APPEND)
                for at in range(0, len(expected), size):
                    os.write(fd, expected[at:at + size])
                return
            fd = os.open(self.mount / "log", os.O_RDONLY)
            at = 0
            while at < len(expected):
                got = os.pread(fd, 8192, at)
                if got != expected[at:at + len(got)]:
                    raise AssertionError(f"wrong bytes at {at}")
                at += len(got)
        in_processes(2, work)

    def test_append_with_python_files(self):
        def writer(number):
            with open(self.mount / "log", "ab", buffering=0) as file:
                for record in range(200):
                    file.write(b"%d:%d\n" % (number, record))
        in_processes(8, writer)
        lines = (self.mount / "log").read_bytes().split(b"\n")[:-1]
        self.assertEqual(len(lines), 1600)
        self.assertEqual(len(set(lines)), 1600)

    def test_writers_of_own_regions(self):
        size, rounds = 50_000, 30

        def writer(number):
            chance = random.Random(case.settings.seed + number)
            fd = os.open(self.mount / "f", os.O_RDWR | os.O_CREAT)
            for _ in range(rounds):
                start = chance.randrange(size)
                os.pwrite(fd, bytes([number + 1]) * (size - start), number * size + start)
            os.pwrite(fd, bytes([number + 1]) * size, number * size)
            os.close(fd)
        in_processes(8, writer)
        data = (self.mount / "f").read_bytes()
        self.assertEqual(data, b"".join(bytes([number + 1]) * size for number in range(8)))

    def test_overlapping_writes_are_whole(self):
        """Two writers of one range: local filesystems order whole writes, so a reader sees one of them."""
        size = 16384

        def writer(number):
            fd = os.open(self.mount / "f", os.O_RDWR | os.O_CREAT)
            for _ in range(200):
                os.pwrite(fd, bytes([65 + number]) * size, 0)
            os.close(fd)
        in_processes(4, writer)
        data = (self.mount / "f").read_bytes()
        self.assertEqual(len(data), size)
        self.assertEqual(len(set(data)), 1, "two writes mixed")

    def test_readers_beside_a_writer(self):
        """A block holds one version at a time, where reads are whole: in memory. Through the page cache, and from a
        native filesystem, Linux promises that of no read."""
        block = 4096
        whole = case.settings.backend == "memory"
        (self.mount / "f").write_bytes(b"\0" * block * 16)

        def work(number):
            fd = os.open(self.mount / "f", os.O_RDWR | (os.O_DIRECT if whole and number != 0 else 0))
            chance = random.Random(number)
            seen = mmap.mmap(-1, block)  # O_DIRECT wants pages.
            for step in range(600):
                at = chance.randrange(16) * block
                if number == 0:
                    os.pwrite(fd, bytes([step % 251]) * block, at)
                else:
                    size = os.preadv(fd, [seen], at)
                    if size != block or (whole and len(set(seen[:])) != 1):
                        raise AssertionError("a torn block")
            os.close(fd)
        in_processes(5, work)

    def test_exclusive_creation_has_one_winner(self):
        def contender(number):
            for name in range(200):
                try:
                    fd = os.open(self.mount / f"n{name}", os.O_CREAT | os.O_EXCL | os.O_WRONLY)
                except FileExistsError:
                    continue
                os.write(fd, b"%d" % number)
                os.close(fd)
                with open(self.native / f"won{number}", "a") as won:
                    won.write(f"n{name}\n")
        in_processes(6, contender)
        won = [name for file in self.native.glob("won*") for name in file.read_text().split()]
        self.assertEqual(len(won), 200)
        self.assertEqual(len(set(won)), 200)

    def test_mkdir_and_rename_have_one_winner(self):
        def contender(number):
            for name in range(100):
                try:
                    os.mkdir(self.mount / f"d{name}")
                except FileExistsError:
                    continue
                os.rename(self.mount / f"d{name}", self.mount / f"own{number}-{name}")
        in_processes(6, contender)
        for entry in self.mount.iterdir():
            self.assertTrue(entry.name.startswith("own"), entry)

    def test_storm(self):
        """Everybody creates, renames, links, lists and removes in one folder; afterwards it is empty and sound."""
        def member(number):
            chance = random.Random(case.settings.seed * 31 + number)
            for _ in range(400):
                name, other = (str(self.mount / f"s{chance.randrange(12)}") for _ in range(2))
                try:
                    act = chance.randrange(9)
                    if act == 0:
                        os.close(os.open(name, os.O_CREAT | os.O_RDWR))
                    elif act == 1:
                        os.unlink(name)
                    elif act == 2:
                        os.rename(name, other)
                    elif act == 3:
                        os.link(name, other)
                    elif act == 4:
                        os.mkdir(name)
                    elif act == 5:
                        os.rmdir(name)
                    elif act == 6:
                        os.listdir(self.mount)
                    elif act == 7:
                        with open(name, "r+b") as file:
                            file.write(b"x" * 5000)
                            file.seek(0)
                            file.read()
                    else:
                        os.stat(name)
                except (FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError, PermissionError):
                    continue
                except OSError as failure:
                    import errno
                    if failure.errno not in (errno.ENOTEMPTY,):
                        raise
        in_processes(6, member)
        names = os.listdir(self.mount)
        self.assertEqual(len(names), len(set(names)))
        for name in names:
            path = self.mount / name
            seen = os.lstat(path)
            self.assertGreaterEqual(seen.st_nlink, 1)
            os.rmdir(path) if path.is_dir() else os.unlink(path)
        self.assertEqual(os.listdir(self.mount), [])
        if case.can("directory_links"):
            self.assertEqual(os.lstat(self.mount).st_nlink, 2)

    def test_rename_of_folders_crosswise(self):
        """Folders moved into each other from both sides never vanish, never make a ring."""
        for name in "ab":
            (self.mount / name).mkdir()

        def mover(number):
            here, there = ("a", "b") if number else ("b", "a")
            for _ in range(300):
                try:
                    os.rename(self.mount / here, self.mount / there / "in")
                    os.rename(self.mount / there / "in", self.mount / here)
                except OSError:
                    continue
        in_processes(2, mover)
        found = sum(len(folders) for _, folders, _ in os.walk(self.mount))
        self.assertEqual(found, 2)

    def test_threads_of_one_process(self):
        failures = []

        def worker(number):
            try:
                chance = random.Random(case.settings.seed + number)
                data = chance.randbytes(200_000)
                for round_ in range(10):
                    path = self.mount / f"t{number}"
                    path.write_bytes(data)
                    if hashlib.sha256(path.read_bytes()).digest() != hashlib.sha256(data).digest():
                        failures.append(number)
                    path.unlink()
            except Exception as failure:
                failures.append(failure)
        threads = [threading.Thread(target=worker, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertFalse(failures)
