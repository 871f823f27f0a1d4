#!/usr/bin/env python3
"""Whatever a mount test does, it leaves no mount and no process behind, and says that it failed."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from mounting import kernel  # noqa: E402

BINARY = sys.argv.pop() if len(sys.argv) > 1 else None


class cleanup(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir="/var/tmp", prefix="rfs-cleanup-")
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        self.base = folder.name

    def start(self, test, deadline=10):
        return subprocess.Popen(
            [sys.executable, HERE / "run.py", "--binary", BINARY, "--backend", "memory", "--deadline", str(deadline),
             HERE / "broken/broken_test.py", f"broken.{test}"],
            env={**os.environ, "RANDOMIOFS_TEST_DIR": self.base}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True)

    def finish(self, child, fails, says):
        output = child.communicate(timeout=90)[0]
        self.assertEqual(child.returncode != 0, fails, output)
        self.assertRegex(output, says)
        self.assertEqual(kernel.mounts_under(self.base), [], output)
        self.assertEqual(kernel.processes_of(self.base), [], output)
        self.assertEqual(os.listdir(self.base), [], output)

    def test_fine(self):
        self.finish(self.start("test_fine"), False, "OK")

    def test_failure(self):
        self.finish(self.start("test_fails_with_open_files"), True, "on purpose")

    def test_difference(self):
        self.finish(self.start("test_different"), True, "native 'native', mount 'mount'")

    def test_hang(self):
        self.finish(self.start("test_hangs", 3), True, "no end after 3 s")

    def test_death(self):
        self.finish(self.start("test_dies"), True, "seed")

    def test_stopped_daemon(self):
        self.finish(self.start("test_stopped_daemon", 3), True, "no end after 3 s")

    def test_killed_daemon(self):
        self.finish(self.start("test_killed_daemon"), True, "the daemon ended with -9")

    def test_sanitizer_report(self):
        self.finish(self.start("test_report_in_the_log"), True, "the daemon's log holds a report")

    def test_process_in_the_mount(self):
        child = self.start("test_leaves_a_process", 20)
        self.finish(child, True, "busy|no end after")

    def test_interrupt(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            child = self.start("test_hangs", 60)
            while not kernel.mounts_under(self.base) and child.poll() is None:
                time.sleep(0.05)
            child.send_signal(number)
            self.finish(child, True, re.compile("seed"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
