"""How many requests everyday work takes. What is necessary for a file is said where it is bounded; the slack of a tenth
is for what expires while the work goes on."""

import json
import shutil
import subprocess
import time

from mounting import case, faulty

FILES = 300
ASIDE = 60  # Of the directory itself, listings, and first questions.


class requests(faulty.faulty):
    @staticmethod
    def run_program(*command):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def counted(self, what, work):
        """The requests that work() takes, when nothing is known from just before."""
        time.sleep(2.5)  # What was changed last is settled, and what was seen last has to be asked for.
        self.proxy.rules()
        work()
        count = json.loads(self.proxy.administer("GET", "/-/faults"))["requests"]
        print(f"{what}: {count} requests")
        return count

    def at_most(self, each, what, work):
        self.assertLessEqual(self.counted(what, work), each * FILES * 1.1 + ASIDE)

    def make_native(self):
        source = self.native / "src"
        source.mkdir()
        for number in range(FILES):
            (source / f"f{number}.h").write_text(f"int f{number}(void);\n" * 20)
        return source

    def test_an_archive(self):
        self.make_native()
        archive = self.native / "a.tar"
        self.run_program("tar", "cf", archive, "-C", self.native, "src")
        # tar creates with O_EXCL, which is published at once, and then the bytes are.
        self.at_most(2, "untar", lambda: self.run_program("tar", "xf", archive, "-C", self.mount))
        there = self.mount / "src"
        # Metadata that no listing tells is asked for once, and bytes each time.
        self.at_most(2, "tar", lambda: self.run_program("sh", "-c", f"tar cf - -C {self.mount} src | cat >/dev/null"))
        self.at_most(1, "tar again",
                     lambda: self.run_program("sh", "-c", f"tar cf - -C {self.mount} src | cat >/dev/null"))
        self.at_most(1, "grep -r", lambda: self.run_program("grep", "-r", "f7(", there))
        self.at_most(0, "ls -l", lambda: self.run_program("ls", "-l", there))
        self.at_most(0, "find", lambda: self.run_program("find", there, "-type", "f", "-size", "+1k"))
        # Where deletes know no condition, a HEAD guards each.
        guarded = case.settings.backend == "r2"
        self.at_most(2 if guarded else 1, "rm -r", lambda: shutil.rmtree(there))

    def test_rsync_twice(self):
        source = self.make_native()
        self.run_program("rsync", "-a", f"{source}/", f"{self.mount}/copy/")
        again = ("rsync", "-a", "--itemize-changes", f"{source}/", f"{self.mount}/copy/")
        self.at_most(1, "rsync, second run", lambda: self.assertEqual(self.output(*again), ""))
        self.at_most(0, "rsync, third run", lambda: self.assertEqual(self.output(*again), ""))

    @staticmethod
    def output(*command):
        return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout

    def test_a_work_tree(self):
        source = self.make_native()
        git = ("git", "-c", "user.name=a", "-c", "user.email=a@b", "-C")
        self.run_program(*git, source, "init", "-q")
        self.run_program(*git, source, "add", "-A")
        self.run_program(*git, source, "commit", "-qm", "all")
        clone = self.mount / "clone"
        self.run_program("git", "clone", "-q", source, clone)
        status = (*git, clone, "status")
        self.assertLessEqual(self.counted("git status", lambda: self.run_program(*status)), FILES * 1.2 + 100)
        self.assertLessEqual(self.counted("git status again", lambda: self.run_program(*status)), 160)

    def test_a_package(self):
        package = self.mount / "package"
        package.mkdir()
        (package / "__init__.py").write_text("".join(f"from . import m{number}\n" for number in range(20)))
        for number in range(20):
            (package / f"m{number}.py").write_text(f"x = {number}\n")
        load = ("python3", "-B", "-S", "-c", f"import sys; sys.path.insert(0, '{self.mount}'); import package")
        # A module is looked for and read; names that are not there are known from the listing.
        self.assertLessEqual(self.counted("import", lambda: self.run_program(*load)), 21 * 2 + 20)
