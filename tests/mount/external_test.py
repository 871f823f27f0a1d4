"""What somebody else changes in the store, behind the mount's back."""

import errno
import os
import time
import unittest

from mounting import case

ATTR_TTL_S = 1.0


class external(case.mounted):
    def setUp(self):
        if not case.can("outsiders"):
            raise unittest.SkipTest("nobody else can reach this store")
        super().setUp()
        self.outside = case.settings.store.outside(self.store)

    def there(self, name):
        """The name that `outside` knows a file of this test by."""
        return f"{self._testMethodName}/{name}"

    def test_new_content_is_seen(self):
        (self.mount / "f").write_bytes(b"old")
        self.assertEqual((self.mount / "f").read_bytes(), b"old")
        self.outside.overwrite(self.there("f"), b"new and longer")
        time.sleep(ATTR_TTL_S + 0.2)
        self.assertEqual(os.stat(self.mount / "f").st_size, 14)
        self.assertEqual((self.mount / "f").read_bytes(), b"new and longer")

    def test_same_size_is_seen_at_the_next_open(self):
        (self.mount / "f").write_bytes(b"old")
        self.assertEqual((self.mount / "f").read_bytes(), b"old")
        self.outside.overwrite(self.there("f"), b"new")
        self.assertEqual((self.mount / "f").read_bytes(), b"new")

    def test_every_open_sees_what_is_there(self):
        """Close-to-open: longer, shorter, gone, and never half of each. A local directory has its size from stat(2)."""
        if case.can("local_store"):
            self.skipTest("the size may be as old as attr_ttl")
        for number in range(10):
            for size in (100_000, 10, 5_000):
                data = b"%d" % (number % 10) * size
                self.outside.write(self.there("f"), data)
                with open(self.mount / "f", "rb") as file:
                    self.assertEqual(os.fstat(file.fileno()).st_size, size)
                    self.assertEqual(file.read(), data)
        self.outside.remove(self.there("f"))
        with self.assertRaises(FileNotFoundError):
            open(self.mount / "f")

    def test_what_is_published_is_the_edit_of_what_is_there(self):
        """Who opens, changes and closes loses nothing that was published before."""
        (self.mount / "f").write_bytes(b"first\n")
        for number in range(5):
            self.outside.overwrite(self.there("f"), self.outside.read(self.there("f")) + b"outside\n")
            with open(self.mount / "f", "r+b") as file:
                file.seek(0, os.SEEK_END)
                file.write(b"mount\n")
        self.assertEqual(self.outside.read(self.there("f")), b"first\n" + b"outside\nmount\n" * 5)

    def test_names_come_and_go(self):
        self.outside.write(self.there("made"), b"x")
        self.assertEqual((self.mount / "made").read_bytes(), b"x")
        self.outside.write(self.there("moved"), b"x")
        self.outside.remove(self.there("made"))
        time.sleep(ATTR_TTL_S + 0.2)
        self.assertEqual(os.listdir(self.mount), ["moved"])
        self.assertFalse((self.mount / "made").exists())

    def test_a_replaced_file_is_another_one(self):
        (self.mount / "f").write_bytes(b"first")
        with open(self.mount / "f", "rb") as held:
            self.outside.write(self.there("f"), b"second")
            time.sleep(ATTR_TTL_S + 0.2)
            self.assertEqual((self.mount / "f").read_bytes(), b"second")
            try:
                seen = held.read()
            except OSError as failure:
                self.assertEqual(failure.errno, errno.ESTALE)
                seen = None
            # Without versions the old one is gone, and the kernel has one cache for all who have the file open.
            self.assertIn(seen, (b"first",) if case.can("kept_versions") else (b"first", b"second", None))


class beside(case.mounted):
    """A program that writes to the very file, in a local directory."""

    def setUp(self):
        if not case.can("local_store"):
            raise unittest.SkipTest("nobody else can reach an open file of this store")
        super().setUp()
        self.behind = self.store / self._testMethodName

    def test_an_append_handle_shows_the_truth_at_once(self):
        fd = os.open(self.mount / "log", os.O_CREAT | os.O_RDWR | os.O_APPEND)
        expected = b""
        for number in range(50):
            with open(self.behind / "log", "ab") as beside:
                beside.write(b"beside %d\n" % number)
            os.write(fd, b"here %d\n" % number)
            expected += b"beside %d\nhere %d\n" % (number, number)
            self.assertEqual(os.pread(fd, len(expected) + 1, 0), expected)
        os.close(fd)

    def test_appends_from_both_sides_keep_every_record(self):
        fd = os.open(self.mount / "log", os.O_CREAT | os.O_RDWR | os.O_APPEND)
        beside = os.open(self.behind / "log", os.O_WRONLY | os.O_APPEND)
        expected = b""
        for number in range(50):
            for writer, name in ((fd, b"mount"), (beside, b"store")):
                record = b"%s %d\n" % (name, number)
                os.write(writer, record)
                expected += record
        os.close(fd)
        os.close(beside)
        self.assertEqual((self.behind / "log").read_bytes(), expected)
        # What the kernel cached at the offsets that it believed in must not be shown.
        self.assertEqual((self.mount / "log").read_bytes(), expected)
