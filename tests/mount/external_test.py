"""What somebody else changes in the store, behind the mount's back."""

import os
import time
import unittest

from mounting import case

ATTR_TTL_S = 1.0


class external(case.mounted):
    def setUp(self):
        if case.settings.backend != "local":
            raise unittest.SkipTest("nobody else can reach this store")
        super().setUp()
        self.behind = self.store / self._testMethodName

    def test_new_content_is_seen(self):
        (self.mount / "f").write_bytes(b"old")
        self.assertEqual((self.mount / "f").read_bytes(), b"old")
        (self.behind / "f").write_bytes(b"new and longer")
        time.sleep(ATTR_TTL_S + 0.2)
        self.assertEqual(os.stat(self.mount / "f").st_size, 14)
        self.assertEqual((self.mount / "f").read_bytes(), b"new and longer")

    def test_same_size_is_seen_at_the_next_open(self):
        (self.mount / "f").write_bytes(b"old")
        self.assertEqual((self.mount / "f").read_bytes(), b"old")
        (self.behind / "f").write_bytes(b"new")
        self.assertEqual((self.mount / "f").read_bytes(), b"new")

    def test_names_come_and_go(self):
        (self.behind / "made").write_bytes(b"x")
        self.assertEqual((self.mount / "made").read_bytes(), b"x")
        os.rename(self.behind / "made", self.behind / "moved")
        time.sleep(ATTR_TTL_S + 0.2)
        self.assertEqual(os.listdir(self.mount), ["moved"])
        self.assertFalse((self.mount / "made").exists())

    def test_a_replaced_file_is_another_one(self):
        (self.mount / "f").write_bytes(b"first")
        with open(self.mount / "f", "rb") as held:
            (self.behind / "other").write_bytes(b"second")
            os.rename(self.behind / "other", self.behind / "f")
            time.sleep(ATTR_TTL_S + 0.2)
            self.assertEqual((self.mount / "f").read_bytes(), b"second")
            self.assertEqual(held.read(), b"first")

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
