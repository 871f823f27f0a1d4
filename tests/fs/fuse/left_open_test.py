"""Files that are open when the mount ends: the kernel sends no release for them, and they are closed all the same."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
import program  # noqa: E402


class LeftOpen(program.Case):
    def setUp(self):
        super().setUp()
        self.journal = self.dir / "journal"
        self.files = []
        self.addCleanup(self.close_files)

    def close_files(self):
        for fd in self.files:
            try:
                os.close(fd)
            except OSError:  # The connection is gone.
                pass

    def mount(self, *options):
        return self.foreground(*options, f"recording:{self.journal}", self.point)

    def leave_open(self, *names):
        """Opens files, and a directory, and writes. Returns the lines that their closes will leave."""
        lines = []
        for name in names:
            fd = os.open(self.point / name, os.O_RDWR | os.O_CREAT, 0o644)
            self.files.append(fd)
            os.write(fd, b"not yet published")
            lines.append(f"close {os.fstat(fd).st_ino}")
        self.files.append(os.open(self.point, os.O_RDONLY | os.O_DIRECTORY))
        return lines

    def assert_ended_well(self, daemon, expected):
        _, said = daemon.communicate(timeout=60)
        self.assertEqual(daemon.returncode, 0, said)  # Also without a sanitizer's report.
        closed = [line for line in self.journal.read_text().splitlines() if line.startswith("close ")]
        self.assertEqual(sorted(closed), sorted(expected), said)
        return said

    def test_cut_connection(self):
        daemon = self.mount()
        expected = self.leave_open("a", "b", "c")
        subprocess.run(["umount", "-f", "-l", self.point], check=True)
        self.assert_ended_well(daemon, expected)

    def test_lazy_unmount_and_a_signal(self):
        daemon = self.mount()
        expected = self.leave_open("a", "b", "c")
        subprocess.run(["umount", "-l", self.point], check=True)
        daemon.send_signal(signal.SIGTERM)
        said = self.assert_ended_well(daemon, expected)
        self.assertRegex(said, r"info closing what was open at the end .*open=4")

    def test_signal_alone(self):
        daemon = self.mount("-o", "loop=epoll")
        expected = self.leave_open("a")
        daemon.send_signal(signal.SIGTERM)
        self.assert_ended_well(daemon, expected)

    def test_release_and_unmount_at_once(self):
        """The release is under way when the unmount comes: whoever is first, there is one close."""
        for _ in range(20):
            daemon = self.mount()
            expected = self.leave_open("a", "b", "c", "d")
            self.close_files()
            self.files.clear()
            subprocess.run(["umount", "-f", "-l", self.point], check=True)
            self.assert_ended_well(daemon, expected)
            self.journal.unlink()

    def test_a_close_that_fails_is_logged(self):
        daemon = self.mount("-o", "closes=fail")
        inode = self.leave_open("a")[0].split()[1]
        subprocess.run(["umount", "-f", "-l", self.point], check=True)
        _, said = daemon.communicate(timeout=60)
        lines = re.findall(r".* error .*may be lost.*", said)
        self.assertEqual(len(lines), 1, said)
        for part in ("operation=put", "no_space", "path=some/object", f"inode={inode}"):
            self.assertIn(part, lines[0])

    def test_a_release_that_fails_is_logged_once(self):
        daemon = self.mount("-o", "closes=fail")
        with open(self.point / "a", "w", encoding="utf-8") as file:
            file.write("x")
            inode = os.fstat(file.fileno()).st_ino
        subprocess.run(["umount", self.point], check=True)
        _, said = daemon.communicate(timeout=60)
        self.assertEqual(daemon.returncode, 0, said)
        self.assertEqual(len(re.findall(rf"may be lost.*inode={inode}\b", said)), 1, said)
        self.assertEqual(len(re.findall("no_space", said)), 1, said)

    def test_the_log_says_what_a_slow_end_waits_for(self):
        daemon = self.mount("-o", "closes=slow")
        expected = self.leave_open("a")
        subprocess.run(["umount", "-f", "-l", self.point], check=True)
        said = self.assert_ended_well(daemon, expected)
        inode = expected[0].split()[1]
        self.assertRegex(said, rf"warning the end of the mount waits for a file to close .*inode={inode}\b")
        self.assertNotIn("waits for a request", said)

    def test_the_log_says_which_request_a_slow_end_waits_for(self):
        daemon = self.mount("-o", "closes=slow")
        expected = self.leave_open("a")
        self.close_files()
        time.sleep(0.5)
        subprocess.run(["umount", "-f", "-l", self.point], check=True)
        said = self.assert_ended_well(daemon, expected)
        inode = expected[0].split()[1]
        self.assertRegex(said, rf"warning the end of the mount waits for a request .*operation=close inode={inode}\b")
        self.assertNotIn("waits for a file", said)


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit(77)
    program.main()
