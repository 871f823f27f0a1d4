"""A server process that does not outlive the one that started it."""

import ctypes
import signal
import subprocess
import time
import urllib.error
import urllib.request

PR_SET_PDEATHSIG = 1


def end_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class server_failed(Exception):
    """The server did not come up."""


class Child:
    def __init__(self, command, log, environment=None):
        self.log = log
        with open(log, "ab") as out:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                            env=environment, preexec_fn=end_with_parent)

    def await_answer(self, url, seconds=60):
        """Waits until the URL answers anything at all."""
        deadline = time.monotonic() + seconds
        while True:
            if self.process.poll() is not None:
                raise server_failed(f"ended with {self.process.returncode} before it answered\n{self.tail()}")
            try:
                urllib.request.urlopen(url, timeout=5).close()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                pass
            if time.monotonic() > deadline:
                raise server_failed(f"no answer from {url} after {seconds} s\n{self.tail()}")
            time.sleep(0.1)

    def end(self):
        """Ends it at once: what it kept is thrown away anyway."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def tail(self, lines=30):
        text = open(self.log, errors="replace").read()
        return "\n".join(text.splitlines()[-lines:])
