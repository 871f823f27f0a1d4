"""Two mounts, in two processes as if on two machines, of one store: no acknowledged byte is lost, and every loser hears of it.

Only for stores that publish by conditional commits: what fsync(2) acknowledged is in the store.
"""

import errno
import os
import random
import time
import zlib

from concurrent_test import in_processes
from mounting import case

ATTRIBUTES_STALE_S = 1.2  # Past the attributes' time to live: stat(2) asks the store again.


class Writer:
    """One process that writes records of its own, and a file beside the mounts of what was acknowledged."""

    def __init__(self, journal, number):
        self.path, self.number, self.sequence = journal / f"writer-{number}", number, 0
        self.path.touch()

    def record(self, size):
        self.sequence += 1
        head = b"%02d %06d " % (self.number, self.sequence)
        filler = bytes(random.Random(self.number * 1_000_000 + self.sequence).choices(b"abcdefghijklmnop", k=size - len(head) - 10))
        body = head + filler
        return body + b" %08x\n" % zlib.crc32(body)

    def note(self, outcome):
        with open(self.path, "a") as journal:
            journal.write(f"{self.sequence} {outcome}\n")


def outcomes(journal):
    """(writer, sequence) → 'acknowledged' or the error's name."""
    found = {}
    for path in journal.iterdir():
        number = int(path.name.split("-")[1])
        for line in path.read_text().splitlines():
            sequence, outcome = line.split()
            found[number, int(sequence)] = outcome
    return found


def parse(content):
    """The records of a file as (writer, sequence), in order. Raises for a torn one."""
    seen = []
    for line in content.splitlines():
        body, _, checksum = line.rpartition(b" ")
        if b"%08x" % zlib.crc32(body) != checksum:
            raise AssertionError(f"a torn record: {line[:80]!r}")
        seen.append((int(body[:2]), int(body[3:9])))
    return seen


class two_mounts(case.mounted):
    @classmethod
    def table(cls):
        return case.settings.store.contended_table(cls.store)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if case.settings.backend != "native":
            cls.other_point, cls.other = cls.second_mount()
        else:
            cls.other_point, cls.other = cls.point, None

    @classmethod
    def tearDownClass(cls):
        if cls.other is not None:
            cls.other.stop()
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        self.there = self.other_point / self._testMethodName
        # The other mount may have listed the folder above just before: for attr_ttl it need not look again.
        until = time.monotonic() + ATTRIBUTES_STALE_S
        while not self.there.is_dir():
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)
        self.journal = self.native / "journal"
        self.journal.mkdir()

    def side(self, number):
        return (self.mount, self.there)[number % 2]

    def settled(self, path):
        """What the store holds, seen through the mount that is asked, when its caches are past their time."""
        time.sleep(ATTRIBUTES_STALE_S)
        with open(path, "rb") as file:
            return file.read()

    # Appends.

    def appenders(self, writers, records, size, handle_each):
        def work(number):
            writer = Writer(self.journal, number)
            path = self.side(number) / "log"
            fd = None
            for _ in range(records):
                data = writer.record(size)
                try:
                    if fd is None:
                        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
                    if os.write(fd, data) != len(data):
                        raise AssertionError("a short append")
                    os.fsync(fd)
                    writer.note("acknowledged")
                except OSError as failure:
                    writer.note(errno.errorcode[failure.errno])
                if handle_each and fd is not None:
                    os.close(fd)
                    fd = None
            if fd is not None:
                os.close(fd)
        in_processes(writers, work)
        told = outcomes(self.journal)
        self.assertEqual(len(told), writers * records)
        for path in (self.mount / "log", self.there / "log"):
            seen = parse(self.settled(path))
            self.assertEqual(len(seen), len(set(seen)), "a record is there twice")
            lost = {record for record, outcome in told.items() if outcome == "acknowledged"} - set(seen)
            self.assertFalse(lost, f"{len(lost)} acknowledged records are lost")
            for number in range(writers):
                mine = [sequence for writer, sequence in seen if writer == number]
                self.assertEqual(mine, sorted(mine), "one writer's records are out of order")
        failed = sum(outcome != "acknowledged" for outcome in told.values())
        print(f"{writers} appenders, {len(told)} records, {failed} refused")
        self.assertLess(failed, len(told) / 10, "appends are re-spliced, not refused")

    def test_append_with_one_handle(self):
        self.appenders(4, 12, 200, handle_each=False)

    def test_append_opening_each_time(self):
        self.appenders(4, 8, 3000, handle_each=True)

    def test_append_to_what_takes_part_copies(self):
        """The base is larger than a part's least size: it is copied inside the store, not fetched."""
        whole = []
        writer = Writer(self.journal, 98)
        while sum(map(len, whole)) < (11 << 20):
            whole.append(writer.record(1 << 18))
            writer.note("acknowledged")
        with open(self.mount / "log", "wb") as file:
            file.write(b"".join(whole))
            os.fsync(file.fileno())
        time.sleep(ATTRIBUTES_STALE_S)

        def work(number):
            mine = Writer(self.journal, number)
            fd = os.open(self.side(number) / "log", os.O_WRONLY | os.O_APPEND)
            for _ in range(4):
                try:
                    os.write(fd, mine.record(5000))
                    os.fsync(fd)
                    mine.note("acknowledged")
                except OSError as failure:
                    mine.note(errno.errorcode[failure.errno])
            os.close(fd)
        in_processes(4, work)
        told = outcomes(self.journal)
        seen = parse(self.settled(self.there / "log"))
        self.assertEqual(len(seen), len(set(seen)), "a record is there twice")
        self.assertFalse({record for record, outcome in told.items() if outcome == "acknowledged"} - set(seen))

    # Creation.

    def test_exclusive_creation_has_one_winner(self):
        """Of all that create a name with O_EXCL, one makes the file; the others hear EEXIST."""
        rounds, writers = 8, 4
        start = time.time() + 0.5

        def work(number):
            for turn in range(rounds):
                time.sleep(max(0, start + turn * 0.3 - time.time()))
                try:
                    fd = os.open(self.side(number) / f"name-{turn}", os.O_CREAT | os.O_EXCL | os.O_WRONLY)
                    os.write(fd, b"%d" % number)
                    os.close(fd)
                    outcome = "won"
                except OSError as failure:
                    outcome = errno.errorcode[failure.errno]
                with open(self.journal / f"exclusive-{turn}-{number}", "w") as note:
                    note.write(outcome)
        in_processes(writers, work)
        time.sleep(ATTRIBUTES_STALE_S)
        for turn in range(rounds):
            told = [(self.journal / f"exclusive-{turn}-{number}").read_text() for number in range(writers)]
            self.assertEqual(sorted(told), ["EEXIST"] * (writers - 1) + ["won"])
            winner = told.index("won")
            for side in (self.mount, self.there):
                self.assertEqual((side / f"name-{turn}").read_bytes(), b"%d" % winner)

    # Overwriting.

    def test_overwrites_are_never_mixed(self):
        """Each write of the whole file is there whole, or its writer hears ESTALE; the last acknowledged one stays."""
        path, size, writers = "file", 3000, 4
        (self.mount / path).write_bytes(b"\0" * size)
        time.sleep(ATTRIBUTES_STALE_S)

        def work(number):
            for turn in range(8):
                fd = os.open(self.side(number) / path, os.O_RDWR)
                value = b"%02d%04d" % (number, turn)
                try:
                    os.pwrite(fd, value * (size // 6), 0)
                    os.fsync(fd)
                    outcome = "acknowledged"
                except OSError as failure:
                    outcome = errno.errorcode[failure.errno]
                try:
                    os.close(fd)
                except OSError:
                    pass
                with open(self.journal / f"overwrite-{number}", "a") as note:
                    note.write(f"{value.decode()} {outcome}\n")
        in_processes(writers, work)
        told = dict(line.split() for number in range(writers)
                    for line in (self.journal / f"overwrite-{number}").read_text().splitlines())
        self.assertLessEqual(set(told.values()), {"acknowledged", "ESTALE"})
        left, right = self.settled(self.mount / path), self.settled(self.there / path)
        self.assertEqual(left, right)
        self.assertEqual(left, left[:6] * (size // 6), "two writers' bytes are mixed")
        self.assertEqual(told.get(left[:6].decode()), "acknowledged", "what is there was never acknowledged")
        print({outcome: list(told.values()).count(outcome) for outcome in set(told.values())})

    def test_edits_of_one_base_conflict(self):
        """Two open the same version; the second to publish hears of the first."""
        if case.settings.backend == "native":
            self.skipTest("there is nobody else")
        (self.mount / "f").write_bytes(b"0" * 100)
        time.sleep(ATTRIBUTES_STALE_S)
        one, two = os.open(self.mount / "f", os.O_RDWR), os.open(self.there / "f", os.O_RDWR)
        os.pwrite(one, b"one", 0)
        os.pwrite(two, b"two", 50)
        os.fsync(one)
        with self.assertRaises(OSError) as heard:
            os.fsync(two)
        self.assertEqual(heard.exception.errno, errno.ESTALE)
        os.close(one)
        try:
            os.close(two)
        except OSError:
            pass
        self.assertEqual(self.settled(self.mount / "f"), b"one" + b"0" * 97)

    # Names.

    def test_rename_over_leaves_one_of_the_two(self):
        writers = 4

        def work(number):
            side = self.side(number)
            for turn in range(6):
                new = side / f"new-{number}"
                new.write_bytes(b"%02d%02d" % (number, turn) * 500)
                try:
                    os.rename(new, side / "target")
                    outcome = "renamed"
                except OSError as failure:
                    outcome = errno.errorcode[failure.errno]
                with open(self.journal / f"rename-{number}", "a") as note:
                    note.write(f"{number:02}{turn:02} {outcome}\n")
        in_processes(writers, work)
        told = dict(line.split() for number in range(writers)
                    for line in (self.journal / f"rename-{number}").read_text().splitlines())
        content = self.settled(self.mount / "target")
        self.assertEqual(content, self.settled(self.there / "target"))
        self.assertEqual(content, content[:4] * 500)
        self.assertEqual(told[content[:4].decode()], "renamed")

    def test_what_one_publishes_the_other_reads(self):
        for turn in range(5):
            (self.mount / "f").write_bytes(b"%d" % turn * 1000)
            self.assertEqual(self.settled(self.there / "f"), b"%d" % turn * 1000)
        os.unlink(self.mount / "f")
        time.sleep(ATTRIBUTES_STALE_S)
        self.assertFalse((self.there / "f").exists())
