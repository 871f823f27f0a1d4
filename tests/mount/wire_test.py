"""What an edit of a large object moves over the wire, counted between the daemon and the store."""

import os
import random

from mounting import case
from servers.wire import Wire

MIB = 1 << 20


class wire(case.mounted):
    """Sizes: 64 MiB by default, 1 GiB in the full form. The bounds are the same."""

    @classmethod
    def setUpClass(cls):
        cls.size = (1024 if case.settings.full else 64) * MIB
        cls.wire = None
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        if cls.wire is not None:
            cls.wire.stop()

    @classmethod
    def table(cls):
        table = super().table()
        if cls.wire is None:
            cls.wire = Wire(table["endpoint"]).start()
            if case.settings.backend == "r2":
                case.settings.store.proxy.set("forbid_every", 0)  # What is sent once more would be counted twice.
        return {**table, "endpoint": cls.wire.endpoint}

    def block(self, number):
        return random.Random(number).randbytes(MIB)

    def make(self, name):
        with open(self.mount / name, "wb") as file:
            for number in range(self.size // MIB):
                file.write(self.block(number))
            os.fsync(file.fileno())

    def check(self, name, edited):
        """The file's bytes; `edited`: block number → bytes, also past the end."""
        with open(self.mount / name, "rb") as file:
            for number in range(max([self.size // MIB, *(at + 1 for at in edited)])):
                expected = edited.get(number, self.block(number))
                self.assertEqual(file.read(MIB), expected, f"block {number} differs")
            self.assertEqual(file.read(1), b"")

    def moved(self, what, work):
        up, down = self.wire.counted(work)
        print(f"{what} of {self.size // MIB} MiB: {up} bytes up, {down} bytes down")
        return up, down

    def test_a_new_file_travels_once(self):
        up, down = self.moved("creation", lambda: self.make("new"))
        self.assertLess(up, self.size * 1.02)
        self.assertLess(down, MIB)
        self.check("new", {})

    def test_append(self):
        self.make("f")
        data = random.Random("appended").randbytes(MIB)

        def append():
            with open(self.mount / "f", "ab", buffering=0) as file:
                file.write(data)
                os.fsync(file.fileno())
        up, down = self.moved("append of 1 MiB", append)
        self.assertLess(up, 2 * MIB)
        self.assertLess(down, MIB)
        self.check("f", {self.size // MIB: data})

    def test_overwrite_in_the_middle(self):
        self.make("f")
        middle, data = self.size // MIB // 2, random.Random("overwritten").randbytes(4096)

        def overwrite():
            fd = os.open(self.mount / "f", os.O_WRONLY)
            os.pwrite(fd, data, middle * MIB)
            os.fsync(fd)
            os.close(fd)
        up, down = self.moved("overwrite of 4 KiB", overwrite)
        # Where all parts have one size, the whole part around the edit travels both ways.
        self.assertLess(up + down, (24 if case.settings.backend == "r2" else 11) * MIB)
        self.check("f", {middle: data + self.block(middle)[4096:]})

    def test_cp(self):
        self.make("f")
        up, down = self.moved("cp", lambda: os.spawnlp(os.P_WAIT, "cp", "cp", self.mount / "f", self.mount / "copy"))
        self.assertLess(up + down, MIB)
        self.check("copy", {})

    def test_rename(self):
        self.make("f")
        up, down = self.moved("mv", lambda: os.rename(self.mount / "f", self.mount / "moved"))
        self.assertLess(up + down, MIB)
        self.check("moved", {})
