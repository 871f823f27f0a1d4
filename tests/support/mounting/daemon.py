"""One running `randomiofs mount -f`: started, waited for, unmounted, and looked at when it ends."""

import ctypes
import os
import pathlib
import re
import signal
import subprocess
import time

from . import kernel

# What the sanitizers and a failed assertion write.
REPORT = re.compile(r"(ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:|SUMMARY: \w+Sanitizer|"
                    r"Assertion .* failed|terminate called)")
PR_SET_PDEATHSIG = 1


class daemon_failed(Exception):
    """The daemon did not start, did not end, or ended badly."""


def end_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Daemon:
    def __init__(self, binary, config, source, point, log, options="allow_other,default_permissions",
                 ready_s=30, end_s=60):
        self.binary, self.config, self.source, self.options = str(binary), config, source, options
        self.point, self.log = pathlib.Path(point), pathlib.Path(log)
        self.ready_s, self.end_s = ready_s, end_s
        self.process = None

    def start(self):
        """Mounts, and returns when the mount answers."""
        self.point.mkdir(parents=True, exist_ok=True)
        command = [self.binary, "mount", "-f"]
        if self.config:
            command += ["-c", str(self.config)]
        if self.options:
            command += ["-o", self.options]
        environment = dict(os.environ)
        environment.setdefault("ASAN_OPTIONS", "detect_leaks=1:detect_stack_use_after_return=1:malloc_context_size=20")
        environment.setdefault("UBSAN_OPTIONS", "print_stacktrace=1")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([*command, self.source, str(self.point)], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env=environment, preexec_fn=end_with_parent)
        deadline = time.monotonic() + self.ready_s
        while str(self.point) not in kernel.mounts_under(self.point):
            if self.process.poll() is not None:
                raise daemon_failed(f"the daemon ended with {self.process.returncode} before it mounted\n{self.tail()}")
            if time.monotonic() > deadline:
                self.stop()
                raise daemon_failed(f"no mount after {self.ready_s} s\n{self.tail()}")
            time.sleep(0.01)
        os.stat(self.point)
        return self

    def stop(self):
        """Unmounts and waits for the end. Raises daemon_failed unless all went well."""
        if self.process is None:
            return
        process, self.process = self.process, None
        faults = []
        for point in kernel.mounts_under(self.point):
            if not kernel.unmount(point):
                faults.append("the mount was busy and left lazily")
        try:
            process.wait(self.end_s)
        except subprocess.TimeoutExpired:
            faults.append(f"the daemon still ran {self.end_s} s after its unmount")
            kernel.end(process.pid)
            process.wait()
        if process.returncode != 0:
            faults.append(f"the daemon ended with {process.returncode}")
        report = REPORT.search(self.log.read_text(errors="replace"))
        if report:
            faults.append(f"the daemon's log holds a report: {report.group(0)}")
        if faults:
            raise daemon_failed("; ".join(faults) + "\n" + self.tail(200))

    def tail(self, lines=60):
        """The end of the daemon's log, or from the first report on."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        report = REPORT.search(text)
        kept = text[max(0, report.start() - 200):].splitlines()[:lines] if report else text.splitlines()[-lines:]
        return "--- log of the daemon\n" + "\n".join(kept) + "\n---"
