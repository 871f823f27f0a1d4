"""What report.py prints and proof.py holds: instructions per read, and bytes of text."""

import json
import re
import subprocess


class Build:
    """The programs that CMake built, by the names in its paths.json."""

    def __init__(self, paths):
        with open(paths, encoding="utf-8") as file:
            self.paths = json.load(file)

    def cases(self):
        """All cases as (name, baseline)."""
        lines = self._run(self.paths["read"], "time", "4096", "1", "1").splitlines()
        return [tuple(line.split()[:2]) for line in lines]

    def times(self, block, count, rounds):
        """Median nanoseconds of a read, by case. Noisy: for people, never for a test."""
        lines = self._run(self.paths["read"], "time", str(block), str(count), str(rounds)).splitlines()
        return {name: float(nanoseconds) for name, _, nanoseconds in map(str.split, lines)}

    def instructions(self, case, block, few=500, many=1500):
        """Instructions of one read in user space: what `many` runs take more than `few`, so that starting is out."""
        return (self._refs(case, block, many) - self._refs(case, block, few)) / (many - few)

    def has_valgrind(self):
        return bool(self.paths["valgrind"])

    def program_text(self, name):
        """Bytes of text (code, constants, unwind tables, dynamic symbols) of a stripped program."""
        return int(self._run("size", self.paths[name]).splitlines()[1].split()[0])

    def program_code(self, name):
        """Bytes of machine code alone of a program: its section .text."""
        return int(re.search(r"^\.text\s+(\d+)", self._run("size", "-A", self.paths[name]), re.MULTILINE).group(1))

    def archive_text(self, name):
        """Bytes of code in all members of an archive, and with constants and unwind tables."""
        sections = re.findall(r"^\.text\S*\s+(\d+)", self._run("size", "-A", self.paths[name]), re.MULTILINE)
        total = self._run("size", "-t", self.paths[name]).splitlines()[-1].split()[0]
        return sum(map(int, sections)), int(total)

    def _refs(self, case, block, count):
        command = [self.paths["valgrind"], "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null",
                   self.paths["read"], "run", case, str(block), str(count)]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stderr
        return int(re.search(r"I\s+refs:\s+([\d,]+)", text).group(1).replace(",", ""))

    @staticmethod
    def _run(*command):
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


PROGRAMS = (("size_static", "size_raw"), ("size_erased", "size_raw"), ("size_uring", "size_raw_uring"))
ARCHIVES = ("runtime", "memory", "local")
