"""Tests that go wrong in every way that a mount test can. cleanup_test.py runs them and looks at what they leave."""

import os
import signal
import subprocess
import time

from mounting import case


class broken(case.mounted):
    def test_fails_with_open_files(self):
        self.leaked = open(self.mount / "f", "w")
        self.fail("on purpose")

    def test_hangs(self):
        (self.mount / "f").write_bytes(b"x")
        time.sleep(3600)

    def test_dies(self):
        self.leaked = open(self.mount / "f", "w")
        os.kill(os.getpid(), signal.SIGKILL)

    def test_leaves_a_process(self):
        subprocess.Popen(["tail", "-f", "/dev/null"], cwd=self.mount, start_new_session=True)

    def test_stopped_daemon(self):
        """A daemon that answers nothing: the next request waits for ever."""
        os.kill(self.running.process.pid, signal.SIGSTOP)
        os.listdir(self.mount)

    def test_killed_daemon(self):
        os.kill(self.running.process.pid, signal.SIGKILL)
        self.running.process.wait()

    def test_report_in_the_log(self):
        with open(self.running.log, "a") as log:
            log.write("==1==ERROR: AddressSanitizer: heap-use-after-free on purpose\n")

    def test_different(self):
        self.same(lambda p: p.note("where", p.root.split("/")[-2]))

    def test_fine(self):
        self.same(lambda p: p.list())
