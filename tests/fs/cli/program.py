"""The program under test, run from outside: what it prints, how it ends, what it leaves mounted."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
BINARY = None


def mounts():
    """The mountpoints of randomiofs."""
    found = []
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        left, right = line.split(" - ", 1)
        if right.split()[0] == "fuse.randomiofs":
            found.append(left.split()[4].encode().decode("unicode_escape"))
    return found


class Case(unittest.TestCase):
    """A directory of its own, with nothing left mounted in it afterwards."""

    def setUp(self):
        # Not below a home directory: ordinary users must reach it.
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="rfs-cli-", dir=os.environ.get("RANDOMIOFS_TEST_DIR", "/var/tmp")))
        self.dir.chmod(0o755)
        self.point = self.dir / "mnt"
        self.point.mkdir()
        self.addCleanup(self.clean)

    def clean(self):
        for point in reversed(mounts()):
            if point.startswith(f"{self.dir}/"):
                subprocess.run(["umount", "-l", point], check=False)
        shutil.rmtree(self.dir, ignore_errors=True)

    def run_it(self, *words, env=None, **more):
        environment = {**os.environ, "HOME": str(self.dir), "XDG_CONFIG_HOME": str(self.dir / "config"), **(env or {})}
        return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=60, env=environment,
                              stdin=subprocess.DEVNULL, **more)

    def foreground(self, *words, env=None, errors=subprocess.PIPE, **more):
        """`mount -f` with these words, mounted at `self.point`; its standard error is a pipe."""
        daemon = subprocess.Popen([BINARY, "mount", "-f", *map(str, words)], stderr=errors, text=True,
                                  env={**os.environ, **(env or {})}, **more)
        self.addCleanup(self.end, daemon)
        deadline = time.monotonic() + 30
        while str(self.point) not in mounts():
            self.assertIsNone(daemon.poll())
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        return daemon

    @staticmethod
    def end(daemon):
        daemon.kill()
        daemon.communicate()

    def config(self, text, name="x.toml"):
        path = self.dir / name
        path.write_text(text)
        return path

    def assert_refused(self, done, code, *parts):
        """One line on standard error, this exit code, all these parts in the line, nothing mounted."""
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertTrue(done.stderr.startswith("randomiofs: "), done.stderr)
        for part in parts:
            self.assertIn(str(part), done.stderr)
        self.assertEqual([point for point in mounts() if point.startswith(f"{self.dir}/")], [])


def main():
    global BINARY
    BINARY = str(pathlib.Path(sys.argv[1]).resolve())
    # The case modules import this one under its own name; `__main__` is theirs.
    unittest.main(module="__main__", argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
