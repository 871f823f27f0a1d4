"""packaging/quickstart: mounts, shows that it works, runs again, leaves what others wrote alone."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = BUILD = None


class Home(unittest.TestCase):
    """A home of its own, where nothing is mounted afterwards."""

    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="rfs-quickstart-", dir="/var/tmp"))
        self.point = self.home / "randomiofs"
        self.addCleanup(self.clean)

    def clean(self):
        for line in reversed(pathlib.Path("/proc/self/mountinfo").read_text().splitlines()):
            point = line.split()[4].replace("\\040", " ")
            if point.startswith(f"{self.home}/"):
                subprocess.run(["umount", "-l", point], check=False)
        shutil.rmtree(self.home, ignore_errors=True)

    def quickstart(self, *words, code=0, source=None, adds=()):
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "AWS_", "AZURE_"))}
        environment.update(HOME=str(self.home), RANDOMIOFS_BUILD_DIR=str(BUILD), **dict(adds))
        done = subprocess.run([(source or SOURCE) / "packaging/quickstart", *map(str, words)], capture_output=True, text=True, timeout=120,
                              env=environment, check=False, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done


class Quickstart(Home):
    def test_twice(self):
        said = self.quickstart().stdout
        self.assertEqual(sorted(os.listdir(self.point)), ["local", "memory"])
        for part in ("$ cp ", "$ cat ", ">>", "$ ls -l", "one more line", f"umount {self.point}",
                     self.home / ".config/randomiofs.toml"):
            self.assertIn(str(part), said)
        self.assertEqual(os.listdir(self.point / "memory"), [])
        (self.point / "local/kept").write_text("x")
        said = self.quickstart().stdout
        self.assertIn(f"{self.point} is mounted already", said)
        self.assertIn("one more line", said)
        # What it says about unmounting and mounting again is true.
        lines = dict(line.split(":", 1) for line in said.splitlines() if line.startswith(("Unmount:", "Mount again:")))
        subprocess.run(lines["Unmount"].split(), check=True)
        subprocess.run(lines["Mount again"].split(), check=True)
        self.assertEqual((self.point / "local/kept").read_text(), "x")

    def test_a_users_configuration_is_left_alone(self):
        config = self.home / ".config/randomiofs.toml"
        config.parent.mkdir()
        config.write_text("# mine\n")
        said = self.quickstart().stdout
        self.assertEqual(config.read_text(), "# mine\n")
        self.assertIn("randomiofs-quickstart.toml", said)

    def test_the_checkout_is_where_the_mount_would_be(self):
        for name in ("packaging", "LICENSE-MIT"):
            self.point.mkdir(exist_ok=True)
            (shutil.copytree if (SOURCE / name).is_dir() else shutil.copy)(SOURCE / name, self.point / name)
        other = self.home / "randomiofs-mount"
        self.assertIn(f"umount {other}", self.quickstart(source=self.point).stdout)
        self.assertEqual(sorted(os.listdir(other)), ["local", "memory"])
        said = self.quickstart(self.point, source=self.point, code=32)
        self.assertIn(f"{self.point}: the mountpoint is not empty", said.stderr)
        self.assertNotIn("Building", said.stdout)

    def test_another_source(self):
        store = self.home / "store"
        store.mkdir()
        (store / "a").write_text("x")
        point = self.home / "else where"
        said = self.quickstart(point, f"file://{store}").stdout
        self.assertEqual((point / "a").read_text(), "x")
        self.assertIn("one more line", said)
        self.assertEqual(os.listdir(store), ["a"])
        self.assertFalse((self.home / ".config").exists())
        self.assertIn("is a mount of", self.quickstart(point, "memory:", code=1).stderr)

    def test_a_dead_mount_is_taken_away(self):
        self.point.mkdir()
        daemon = subprocess.Popen([BUILD / "bin/randomiofs", "mount", "-f", "memory:", self.point], stderr=subprocess.DEVNULL)
        while not os.path.ismount(self.point):
            self.assertIsNone(daemon.poll())
        daemon.kill()
        daemon.wait()
        self.assertIn("died", self.quickstart().stdout)
        self.assertEqual(sorted(os.listdir(self.point)), ["local", "memory"])

    def test_wrong_words(self):
        self.assertIn("usage", self.quickstart("a", "b", "c", code=1).stderr)
        self.assertIn("usage", self.quickstart("--fast", code=1).stderr)
        self.assertIn("not empty", self.quickstart("/usr", "memory:", code=32).stderr)
        self.assertIn("unknown scheme", self.quickstart(self.point, "s4://x", code=1).stderr)


def main():
    global SOURCE, BUILD
    if os.geteuid() != 0:
        sys.exit(77)
    SOURCE, BUILD = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    unittest.main(module="__main__", argv=[sys.argv[0], *sys.argv[5:]], verbosity=2)


if __name__ == "__main__":
    main()
