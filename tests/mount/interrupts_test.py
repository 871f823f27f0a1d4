"""A store that does not answer: who is killed while he waits for it gets out; who catches a signal is not told of it."""

import os
import signal
import subprocess
import sys
import time

from mounting.faulty import faulty

AT_ONCE_S = 3  # A quarter of a second until it is looked again, and a machine that is busy with other tests.

# What a process does before the store stops answering, and what it then waits in. Each of them asks the store.
CALLS = {
    "a lookup": ("", "os.stat('missing')"),
    "attributes": ("", "os.stat('file')"),
    "access": ("", "os.access('other', os.R_OK)"),
    "a listing": ("", "os.listdir('.')"),
    "a listing with attributes": ("", "[each.stat() for each in os.scandir('.')]"),
    "a directory's descriptor": ("", "os.open('below', os.O_RDONLY | os.O_DIRECTORY)"),
    "an open": ("", "open_('file', os.O_RDONLY)"),
    "an open to write": ("", "open_('file', os.O_WRONLY)"),
    "a read": ("fd = os.open('file', os.O_RDONLY)", "read_(fd)"),
    "a direct read": ("fd = os.open('file', os.O_RDONLY | os.O_DIRECT)", "read_(fd)"),
    "a mapping": ("import mmap; fd = os.open('file', os.O_RDONLY); m = mmap.mmap(fd, 4096, prot=mmap.PROT_READ)", "m[0]"),
    "a link": ("", "os.readlink('link')"),
    "an attribute's value": ("", "os.getxattr('file', 'user.name')"),
    "attributes' names": ("", "os.listxattr('file')"),
    "the space": ("", "os.statvfs('below')"),
}
READ_AHEAD = 3  # The kernel asks by itself, for a read and a mapping; a file that is open does, for a direct read.
PROGRAMS = (["ls", "-l"], ["stat", "new"], ["cat", "file"], ["find", "."], ["cp", "file", "/dev/null"], ["du"])
# Python itself calls open(2) and read(2) again after EINTR; these tell of it.
CHILD = """
import ctypes, os, signal, sys
libc = ctypes.CDLL(None, use_errno=True)
def checked(got):
    if got < 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return got
def open_(name, flags): return checked(libc.open(name.encode(), flags))
def read_(fd):
    room = ctypes.create_string_buffer(8192)
    page = (ctypes.addressof(room) + 4095) & ~4095
    return checked(libc.pread(fd, ctypes.c_void_p(page), 4096, ctypes.c_long(0)))
signal.signal(signal.SIGINT, signal.SIG_DFL)
{before}
print("ready", flush=True)
sys.stdin.readline()
{catching}
try:
    {call}
except FileNotFoundError:
    pass
print("went through", flush=True)
"""
CATCHING = "signal.signal(signal.SIGALRM, lambda *_: None); signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)"


class Child:
    """A process that makes one call in a directory when it is told to."""

    def __init__(self, folder, before, call, catching="", **more):
        script = CHILD.format(before=before, call=call, catching=catching)
        self.process = subprocess.Popen([sys.executable, "-I", "-c", script], cwd=folder, text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
        if self.process.stdout.readline() != "ready\n":
            raise AssertionError(self.process.communicate()[1])

    def go(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def ended(self):
        """Waits for its end: what it wrote, and what it said of a failure."""
        return self.process.communicate(timeout=60)

    def end(self):
        self.process.kill()
        self.process.wait(60)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()


class interrupts(faulty):
    def setUp(self):
        super().setUp()
        (self.mount / "file").write_bytes(os.urandom(2 << 20))  # More than is read as it is opened.
        (self.mount / "other").write_bytes(b"other")
        os.symlink("file", self.mount / "link")
        (self.mount / "below").mkdir()
        os.setxattr(self.mount / "file", "user.name", b"value")

    def children(self, catching=""):
        """A process for each call, which waits to be told to make it."""
        made = {what: Child(self.mount, *call, catching) for what, call in CALLS.items()}
        for child in made.values():
            self.addCleanup(child.end)
        time.sleep(1.2)  # Past the attributes' time to live: whatever is called asks the store.
        return made

    def assert_gone(self, what, process, sent):
        begun = time.monotonic()
        try:
            process.wait(AT_ONCE_S)
        except subprocess.TimeoutExpired:
            self.fail(f"{what}: it still waits for the store after {sent.name}")
        self.assertEqual(process.returncode, -sent, what)
        print(f"{what}: gone {time.monotonic() - begun:.2f} s after {sent.name}", flush=True)

    def assert_killed(self, processes, sent):
        """They all wait for a store that does not answer, and go when the signal comes."""
        time.sleep(0.5)
        for what, process in processes.items():
            self.assertIsNone(process.poll(), f"{what} did not wait")
        asked = self.proxy.hanging()
        for process in processes.values():
            process.send_signal(sent)
        for what, process in processes.items():
            with self.subTest(what, signal=sent.name):
                self.assert_gone(what, process, sent)
        self.assertGreater(asked, READ_AHEAD)
        self.assert_little_is_asked(READ_AHEAD)

    def assert_little_is_asked(self, hanging_max):
        """Requests that nobody waits for any more are cut off, but for what is read ahead, by the kernel or for it."""
        deadline = time.monotonic() + AT_ONCE_S
        while self.proxy.hanging() > hanging_max:
            self.assertLess(time.monotonic(), deadline, "requests go on for nobody")
            time.sleep(0.05)

    def killed(self, sent, catching=""):
        children = self.children(catching)
        with self.proxy.breaking("hang"):
            for child in children.values():
                child.go()
            self.assert_killed({what: child.process for what, child in children.items()}, sent)
        self.cut()

    def cut(self):
        """What hangs fails, and is asked for again."""
        self.proxy.stop()
        self.proxy.start()

    def test_interrupted(self):
        self.killed(signal.SIGINT)

    def test_killed(self):
        self.killed(signal.SIGKILL)

    def test_killed_after_a_signal_that_is_caught(self):
        """The kernel tells of the first signal only."""
        self.killed(signal.SIGKILL, CATCHING)

    def test_programs(self):
        for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            started = {" ".join(words): self.started(words) for words in PROGRAMS}
            time.sleep(1.2)
            with self.proxy.breaking("hang"):
                for process in started.values():
                    process.stdin.close()
                self.assert_killed(started, sent)
            self.cut()

    def started(self, words):
        def default():
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        # A process cannot be started in a directory whose store hangs.
        process = subprocess.Popen(["sh", "-c", 'read line; exec "$@"', "sh", *words], stdin=subprocess.PIPE, cwd=self.mount, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   preexec_fn=default)
        self.addCleanup(process.wait, 30)
        self.addCleanup(process.kill)
        return process

    def test_a_signal_that_is_caught(self):
        """The store is slow, and a timer's signal comes twenty times a second: no call says EINTR."""
        children = self.children(CATCHING)
        with self.proxy.breaking("delay,seconds=1"):
            for child in children.values():
                child.go()
            for what, child in children.items():
                self.assertEqual(child.ended(), ("went through\n", ""), what)

    def test_others_that_wait_for_the_same(self):
        first, second = self.children(), self.children()
        with self.proxy.breaking("delay,seconds=1"):
            for child in (*first.values(), *second.values()):
                child.go()
            time.sleep(0.5)
            for child in first.values():
                child.process.kill()
            for what, child in second.items():
                with self.subTest(what):
                    self.assertEqual(child.ended(), ("went through\n", ""))

    def test_readers_of_one_open_file(self):
        """What one of them asked for, the other waits for too."""
        for flags in (os.O_RDONLY, os.O_RDONLY | os.O_DIRECT):
            fd = os.open(self.mount / "file", flags)
            call = f"[read_({fd}) for _ in range(3)]"
            first, second = (Child(self.mount, "", call, pass_fds=[fd]) for _ in range(2))
            for child in (first, second):
                self.addCleanup(child.end)
            with self.subTest(flags=flags), self.proxy.breaking("delay,seconds=1"):
                for child in (first, second):
                    child.go()
                time.sleep(0.5)
                first.process.kill()
                self.assertEqual(second.ended(), ("went through\n", ""))
            os.close(fd)

    def test_changes_are_not_given_up(self):
        """A process that is killed in the middle of a change waits, and the change is whole."""
        changes = {
            "os.mkdir('made')": lambda: (self.mount / "made").is_dir(),
            "os.unlink('other')": lambda: not (self.mount / "other").exists(),
            "os.rename('link', 'renamed')": lambda: (self.mount / "renamed").is_symlink(),
            "os.setxattr('file', 'user.new', b'new')": lambda: os.getxattr(self.mount / "file", "user.new") == b"new",
        }
        for call, is_done in changes.items():
            time.sleep(1.2)
            child = Child(self.mount, "", call)
            self.addCleanup(child.end)
            with self.subTest(call), self.proxy.breaking("delay,seconds=1,method=PUT+DELETE+POST"):
                child.go()
                time.sleep(0.8)
                child.process.kill()
                child.ended()
            self.assertTrue(is_done(), call)
