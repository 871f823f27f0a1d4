"""A disk that stalls: who asked for it waits, and nobody else. The disk is a second mount whose daemon is stopped."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import program

ANSWER_S = 10  # Far more than an answer takes, far less than the stall.


class StalledDisk(program.Case):
    def setUp(self):
        super().setUp()
        self.top = self.point
        self.point = self.disk = self.dir / "disk"
        self.healthy = self.dir / "healthy"
        for folder in (self.disk, self.healthy):
            folder.mkdir()
        self.below = self.foreground("memory:", self.disk)
        for number in range(8):
            (self.disk / f"f{number}").write_bytes(b"x" * 100_000)
        self.asked = []

    def mount_top(self, loop):
        self.point = self.top
        config = self.config(f'''
[backend.m]
type = "memory"
[backend.stalls]
type = "local"
root = "{self.disk}"
[backend.healthy]
type = "local"
root = "{self.healthy}"
[mount.data]
paths = {{ "/memory" = "m", "/stalls" = "stalls", "/healthy" = "healthy" }}
''')
        # One loop: whoever blocks it blocks everybody.
        daemon = self.foreground("-c", config, "-o", f"loop={loop},threads=1", "data", self.top)
        self.addCleanup(self.go_on)  # Before anything waits for the daemon's end.
        return daemon

    def stall(self):
        self.below.send_signal(signal.SIGSTOP)
        tasks = pathlib.Path(f"/proc/{self.below.pid}/task")
        # Its threads stop one by one, the next time each runs.
        while any("State:\tT" not in (task / "status").read_text() for task in tasks.iterdir()):
            time.sleep(0.01)

    def go_on(self):
        self.below.send_signal(signal.SIGCONT)
        for each in self.asked:
            each.wait(60)

    def ask(self, *words):
        self.asked.append(subprocess.Popen([*map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def use(self, folder):
        """A bit of everything, and how long it took."""
        script = ('mkdir d && echo hello > d/f && cat d/f && mv d/f d/g && ls -l d && ln d/g d/h && truncate -s 5000 d/g '
                  '&& dd if=d/g of=d/copy bs=100 status=none conv=fsync && rm -r d')
        start = time.monotonic()
        subprocess.run(["sh", "-e", "-c", script], cwd=folder, stdout=subprocess.DEVNULL, check=True, timeout=ANSWER_S)
        return time.monotonic() - start

    def stalled(self, loop):
        daemon = self.mount_top(loop)
        opened = os.open(self.top / "stalls/f0", os.O_RDWR)  # Its read reaches the disk, not only a lookup.
        self.stall()
        self.ask("dd", f"if=/proc/{os.getpid()}/fd/{opened}", "of=/dev/null", "iflag=direct", "bs=4096", "count=1")
        self.ask("cat", self.top / "stalls/f1")
        self.ask("touch", self.top / "stalls/new")
        time.sleep(0.3)
        for each in self.asked:
            self.assertIsNone(each.poll(), "the disk did not stall")
        for folder in ("memory", "healthy"):
            for _ in range(3):
                self.use(self.top / folder)
        for each in self.asked:
            self.assertIsNone(each.poll(), "the disk did not stall")
        self.go_on()
        for each in self.asked:
            self.assertEqual(each.returncode, 0)
        os.close(opened)
        subprocess.run(["umount", self.top], check=True)
        daemon.communicate(timeout=30)
        self.assertEqual(daemon.returncode, 0)

    def test_who_is_killed_gets_out(self):
        """He waits for nothing any more, whatever the disk does."""
        daemon = self.mount_top("uring")
        stalls = self.top / "stalls"
        os.stat(stalls)
        time.sleep(1.2)  # Past the attributes' time to live.
        self.stall()
        for words in (["ls", "-l", stalls], ["stat", stalls / "f2"], ["cat", stalls / "f3"], ["ls", stalls / "new"]):
            for sent in (signal.SIGINT, signal.SIGKILL):
                with self.subTest(words=words, sent=sent.name):
                    asking = subprocess.Popen([*map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                              preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
                    self.asked.append(asking)
                    time.sleep(0.3)
                    self.assertIsNone(asking.poll(), "the disk did not stall")
                    asking.send_signal(sent)
                    self.assertEqual(asking.wait(ANSWER_S), -sent)
        self.go_on()
        self.assertEqual(sorted(os.listdir(stalls)), [f"f{number}" for number in range(8)])
        subprocess.run(["umount", self.top], check=True)
        daemon.communicate(timeout=30)
        self.assertEqual(daemon.returncode, 0)

    def test_uring(self):
        self.stalled("uring")

    def test_epoll(self):
        self.stalled("epoll")


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit(77)
    program.main()
