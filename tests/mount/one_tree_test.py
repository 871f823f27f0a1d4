"""One daemon with every backend in one tree: what moves between them arrives whole, with its mode and its times."""

import errno
import itertools
import os
import random
import shutil
import subprocess

from mounting import case, tree

MIB = 1 << 20


class one_tree(case.mounted):
    @classmethod
    def tables(cls):
        return {f"/{name}": store.table(cls.store) for name, store in case.settings.store.stores.items()}

    def setUp(self):
        # The root only holds the backends: each test has a folder in each of them.
        self.addCleanup(self.close_all_but, self.descriptors())
        self.native = self.beside / self._testMethodName
        self.at = {name: self.point / name / self._testMethodName for name in case.settings.store.stores}
        for folder in (self.native, *self.at.values()):
            folder.mkdir()

    def pairs(self):
        return itertools.permutations(self.at.items(), 2)

    @staticmethod
    def make(path, size, mode=0o640, seconds=1_234_567_890):
        content = random.Random(str(path)).randbytes(size)
        path.write_bytes(content)
        os.chmod(path, mode)
        os.utime(path, ns=(seconds * 10**9 + 1, seconds * 10**9 + 123_456_789))
        return content

    def check(self, path, content, mode=0o640, seconds=1_234_567_890):
        self.assertEqual(path.read_bytes(), content)
        seen = os.stat(path)
        self.assertEqual((oct(seen.st_mode & 0o7777), seen.st_mtime_ns), (oct(mode), seconds * 10**9 + 123_456_789))

    def test_the_root(self):
        self.assertEqual(sorted(os.listdir(self.point)), sorted(case.settings.store.stores))
        devices = {os.stat(folder).st_ino for folder in self.at.values()}
        self.assertEqual(len(devices), len(self.at), "files of different backends have different numbers")

    def test_cp_and_mv(self):
        for (source, here), (target, there) in self.pairs():
            with self.subTest(source=source, target=target):
                content = self.make(here / f"to-{target}", 70_000)
                subprocess.run(["cp", "-p", here / f"to-{target}", there / f"copy-of-{source}"], check=True)
                self.check(there / f"copy-of-{source}", content)
                subprocess.run(["mv", here / f"to-{target}", there / f"from-{source}"], check=True)
                self.check(there / f"from-{source}", content)
                self.assertFalse((here / f"to-{target}").exists())

    def test_rename_says_that_it_cannot(self):
        for (source, here), (target, there) in self.pairs():
            with self.subTest(source=source, target=target):
                name = f"to-{target}"
                (here / name).write_bytes(b"stays")
                for call in (os.rename, os.link):
                    with self.assertRaises(OSError) as refused:
                        call(here / name, there / "new")
                    self.assertEqual(refused.exception.errno, errno.EXDEV)
                self.assertEqual((here / name).read_bytes(), b"stays")
                self.assertFalse((there / "new").exists())

    def test_copy_file_range(self):
        """Inside one mount the kernel asks the daemon; what it refuses between backends the kernel copies itself."""
        size = 6 * MIB
        for (source, here), (target, there) in self.pairs():
            with self.subTest(source=source, target=target):
                content = self.make(here / f"range-{target}", size)
                with open(here / f"range-{target}", "rb") as reading, open(there / f"range-{source}", "wb") as writing:
                    at = 1000
                    while at < size:
                        copied = os.copy_file_range(reading.fileno(), writing.fileno(), size - at, at)
                        self.assertGreater(copied, 0)
                        at += copied
                self.assertEqual((there / f"range-{source}").read_bytes(), content[1000:])
                os.unlink(here / f"range-{target}")
                os.unlink(there / f"range-{source}")

    def test_a_tree_goes_around(self):
        """Through all backends, by cp -a and by mv in turn, and back as it was."""
        begin = self.native / "tree"
        for number, size in enumerate((0, 1, 5000, 300_000, 9 * MIB)):
            folder = begin / f"folder{number % 2}"
            folder.mkdir(parents=True, exist_ok=True)
            self.make(folder / f"file{number}", size, mode=0o600 | number, seconds=1_500_000_000 + number)
        os.symlink("folder0/file0", begin / "link")
        before = tree.snapshot(begin, abilities=())
        last, number = begin, 0
        for name, folder in self.at.items():
            if number % 2 == 0:
                subprocess.run(["cp", "-a", last, folder / "tree"], check=True)
            else:
                subprocess.run(["mv", last, folder / "tree"], check=True)
            number += 1
            last = folder / "tree"
            self.assertEqual(tree.differences(before, tree.snapshot(last, abilities=())), [], f"in {name}")
        self.remount()
        self.assertEqual(tree.differences(before, tree.snapshot(last, abilities=())), [])
        shutil.rmtree(last)
