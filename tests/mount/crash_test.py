"""kill -9 of the daemon at any moment: what fsync(2) acknowledged is there after the next mount, and nothing is left over."""

import errno
import os
import random
import threading
import time

from mounting import case, kernel
from two_mounts_test import Writer, outcomes, parse


class crash(case.mounted):
    def setUp(self):
        super().setUp()
        if not self.persistent or case.settings.backend == "native":
            self.skipTest("nothing stays, or nothing can be killed")

    def kill_and_mount_again(self):
        running = self.running
        running.process.kill()
        running.process.wait()
        running.process = None
        for point in kernel.mounts_under(self.point):
            kernel.unmount(point)
        running.start()

    def content(self, path):
        """The file's bytes. What the killed daemon had sent may still change it: then the version read is stale."""
        for _ in range(10):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return b""
            except OSError as failure:
                if failure.errno != errno.ESTALE:
                    raise
                time.sleep(1.2)
        raise AssertionError("the file never settles")

    def test_acknowledged_appends_survive(self):
        chance = random.Random(case.settings.seed)
        writer = Writer(self.journal(), 0)

        def write_until_it_fails():
            try:
                with open(self.mount / "log", "ab", buffering=0) as file:
                    while True:
                        file.write(writer.record(chance.choice((100, 5000, 300_000))))
                        os.fsync(file.fileno())
                        writer.note("acknowledged")
            except OSError:
                writer.note("failed")
        for _ in range(4):
            thread = threading.Thread(target=write_until_it_fails)
            thread.start()
            time.sleep(chance.uniform(0.2, 2.0))
            self.kill_and_mount_again()
            thread.join()
            seen = parse(self.content(self.mount / "log"))
            self.assertEqual(len(seen), len(set(seen)), "a record is there twice")
            told = outcomes(self.journal())
            self.assertTrue(any(outcome == "acknowledged" for outcome in told.values()))
            self.assertFalse({record for record, outcome in told.items() if outcome == "acknowledged"} - set(seen))

    def journal(self):
        folder = self.native / "journal"
        folder.mkdir(exist_ok=True)
        return folder

    @case.needs("ended_uploads")
    def test_unfinished_uploads_are_ended_by_the_next_mount(self):
        uploads = case.settings.store.uploads
        fd = os.open(self.mount / "large", os.O_CREAT | os.O_WRONLY)
        deadline = time.monotonic() + 30
        while not uploads():
            self.assertLess(time.monotonic(), deadline, "no part was uploaded while the file was written")
            os.write(fd, os.urandom(1 << 20))
        running, self.running.process = self.running.process, None
        running.kill()
        running.wait()
        try:
            os.close(fd)
        except OSError:
            pass
        for point in kernel.mounts_under(self.point):
            kernel.unmount(point)
        self.assertTrue(uploads(), "the upload died with the daemon: nothing is proven")
        self.running.start()
        deadline = time.monotonic() + 20
        while uploads() and time.monotonic() < deadline:
            time.sleep(0.2)
        self.assertEqual(uploads(), [])
        self.assertFalse((self.mount / "large").exists())
