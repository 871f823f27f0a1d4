"""Every tracked source is as the formatter and the linters have it, and they notice one that is not."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHELL = re.compile(rb"#!(?:/bin/|/usr/bin/env )(?:ba)?sh\b")

# Another version of the formatter breaks other lines.
CPP = ["clang-format-19", f"--style=file:{ROOT}/.clang-format", "--dry-run", "--Werror"]
SCRIPTS = ["shellcheck"]
PYTHON = ["pyflakes3"]


def tracked():
    """The files of the checkout; none where this is no checkout."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True)
    paths = [ROOT / os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def is_script(path):
    with path.open("rb") as file:
        return bool(SHELL.match(file.read(40)))


class format(unittest.TestCase):
    def complaints(self, command, files):
        """What the program says of the files: "" when all are in order."""
        self.assertTrue(shutil.which(command[0]), f"{command[0]} is not installed: packaging/install-deps --tests")
        ran = subprocess.run([*command, *files], cwd=ROOT, capture_output=True, text=True)
        said = ran.stdout + ran.stderr
        return said if ran.returncode else ""

    def check(self, command, is_ours, name, wrong):
        files = [path.relative_to(ROOT) for path in tracked() if is_ours(path)]
        if not files:
            self.skipTest("not a git checkout")
        said = self.complaints(command, files)
        self.assertFalse(said, "\n" + said)
        with tempfile.TemporaryDirectory() as folder:
            broken = pathlib.Path(folder, name)
            broken.write_text(wrong)
            self.assertIn(name, self.complaints(command, [broken]), "it sees no mistake")

    def test_cpp(self):
        self.check(CPP, lambda path: path.suffix in (".hpp", ".cpp"), "wrong.cpp", "int  one;\n")

    def test_scripts(self):
        self.check(SCRIPTS, is_script, "wrong", "#!/bin/sh\nrm $1\n")

    def test_python(self):
        self.check(PYTHON, lambda path: path.suffix == ".py", "wrong.py", "import os\n")


if __name__ == "__main__":
    unittest.main()
