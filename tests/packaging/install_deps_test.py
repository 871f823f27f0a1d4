"""packaging/install-deps, with stand-ins for dpkg-query, apt-get, id and sudo that note what they are asked."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(sys.argv[1]) / "packaging/install-deps"


class InstallDeps(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="rfs-deps-"))
        self.addCleanup(shutil.rmtree, self.dir, True)
        self.calls = self.dir / "calls"
        self.calls.touch()
        # Nothing of the machine but what the script itself is made of.
        for tool in ("sh", "sed", "tr", "grep", "env", "cat"):
            (self.dir / tool).symlink_to(shutil.which(tool))
        self.program("dpkg-query", f'cat {self.dir}/installed')
        self.program("apt-get", f'echo "apt-get $* [$DEBIAN_FRONTEND]" >> {self.calls}')
        self.program("id", "echo 0")
        self.installed([])

    def program(self, name, body):
        path = self.dir / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def installed(self, names):
        (self.dir / "installed").write_text("".join(f"installed {name}\n" for name in names))

    def run_it(self, *words, code=0):
        done = subprocess.run([SCRIPT, *words], env={"PATH": str(self.dir), "HOME": str(self.dir)}, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def listed(self, *words):
        return self.run_it(*words, "--list").stdout.split()

    def test_the_list(self):
        build, tests = self.listed(), self.listed("--tests")
        self.assertIn("clang-19", build)
        self.assertNotIn("catch2", build)
        self.assertIn("catch2", tests)
        self.assertLess(set(build), set(tests))
        self.assertEqual(len(tests), len(set(tests)))
        self.assertEqual(self.calls.read_text(), "")

    def test_nothing_is_missing(self):
        self.installed(self.listed())
        self.assertEqual(self.run_it().stdout, "")
        self.assertEqual(self.calls.read_text(), "")

    def test_only_what_is_missing_is_installed(self):
        self.installed([name for name in self.listed() if name not in ("fuse3", "libcli11-dev")])
        said = self.run_it().stdout
        self.assertEqual(said.splitlines()[0], "Installing: fuse3 libcli11-dev")
        update, install = self.calls.read_text().splitlines()
        self.assertRegex(update, r" update \[noninteractive\]$")
        self.assertRegex(install, r" install -y --no-install-recommends fuse3 libcli11-dev \[noninteractive\]$")

    def test_a_bare_machine(self):
        self.run_it("--tests")
        self.assertEqual(self.calls.read_text().splitlines()[1].split("--no-install-recommends ")[1].split()[:-1],
                         self.listed("--tests"))

    def test_a_failure_of_apt_is_a_failure(self):
        self.program("apt-get", 'case "$*" in *install*) exit 100;; esac')
        self.run_it(code=100)

    def test_an_ordinary_user(self):
        self.program("id", "echo 1000")
        said = self.run_it("--tests", code=1).stderr
        self.assertEqual(len(said.splitlines()), 1)
        self.assertIn(f"there is no sudo; as root, run '{SCRIPT} --tests'", said)
        self.assertEqual(said.split("It installs: ")[1].split(), self.listed("--tests"))
        self.program("sudo", f'echo "sudo $*" >> {self.calls}')
        self.run_it()
        self.assertRegex(self.calls.read_text(), r"^sudo -n env DEBIAN_FRONTEND=noninteractive apt-get .* update\n")

    def test_wrong_words_and_systems(self):
        self.assertIn("--fast", self.run_it("--fast", code=1).stderr)
        (self.dir / "apt-get").unlink()
        self.assertIn("no Debian", self.run_it(code=1).stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]], verbosity=2)
