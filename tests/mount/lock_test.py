"""flock(2) and fcntl(2) locks between processes: exclusion, ranges, waiting, interruption, release."""

import errno
import fcntl
import os
import signal
import struct
import threading
import time

from mounting import case
from mounting.syscalls import F_OFD_SETLK, F_OFD_SETLKW

EXCLUSIVE, SHARED, UNLOCK, NOW = fcntl.LOCK_EX, fcntl.LOCK_SH, fcntl.LOCK_UN, fcntl.LOCK_NB


def described(kind, start, length):
    """A struct flock."""
    return struct.pack("hhqqi4x", kind, os.SEEK_SET, start, length, 0)


class Other:
    """Another process, which holds its own descriptors and does what it is told, one command at a time."""

    def __init__(self):
        self.to_child, self.from_child = os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                # Nothing inherited: neither the ends of others' pipes nor a share in their locks.
                kept = {0, 1, 2, self.to_child[0], self.from_child[1]}
                for fd in {int(name) for name in os.listdir("/proc/self/fd")} - kept:
                    try:
                        os.close(fd)
                    except OSError:
                        continue  # The descriptor of the listing itself.
                self.serve()
            finally:
                os._exit(0)
        os.close(self.to_child[0])
        os.close(self.from_child[1])
        self.answers = os.fdopen(self.from_child[0], "r")

    def serve(self):
        scope = {"os": os, "fcntl": fcntl, "described": described}
        commands = os.fdopen(self.to_child[0], "r")
        for line in commands:
            try:
                result = repr(eval(line, scope))
            except OSError as failure:
                result = "-> " + errno.errorcode[failure.errno]
            os.write(self.from_child[1], (result + "\n").encode())

    def tell(self, command):
        """Starts a command; its answer is read later."""
        os.write(self.to_child[1], (command + "\n").encode())

    def answer(self, patience_s=20):
        import select
        if not select.select([self.answers], [], [], patience_s)[0]:
            raise AssertionError("the other process still waits")
        return self.answers.readline().strip()

    def waits(self, for_s=0.3):
        import select
        return not select.select([self.answers], [], [], for_s)[0]

    def do(self, command):
        self.tell(command)
        return self.answer()

    def open(self, path):
        """Binds the name `fd` there."""
        return self.do(f"globals().update(fd=os.open({path!r}, os.O_RDWR))")

    def end(self):
        os.close(self.to_child[1])
        self.answers.close()
        os.waitpid(self.pid, 0)

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.to_child[1])
        self.answers.close()


class lock(case.mounted):
    def pair(self, p):
        p.write_file("f", b"x" * 100)
        fd = os.open(p / "f", os.O_RDWR)
        self.addCleanup(os.close, fd)
        other = Other()
        other.open(p / "f")
        return fd, other

    def test_flock(self):
        def scenario(p):
            fd, other = self.pair(p)
            p.do("exclusive", fcntl.flock, fd, EXCLUSIVE)
            p.note("other shared", other.do("fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)"))
            p.do("downgrade", fcntl.flock, fd, SHARED)
            p.note("other shared", other.do("fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)"))
            p.note("other upgrades", other.do("fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)"))
            p.do("unlock", fcntl.flock, fd, UNLOCK)
            p.note("other exclusive", other.do("fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)"))
            p.do("now shared", fcntl.flock, fd, SHARED | NOW)
            p.note("other closes", other.do("os.close(fd)"))
            p.do("shared after close", fcntl.flock, fd, SHARED | NOW)
            own = os.open(p / "f", os.O_RDWR)
            p.do("another descriptor of ours", fcntl.flock, own, EXCLUSIVE | NOW)
            os.close(own)
            twin = os.dup(fd)
            p.do("a duplicate shares", fcntl.flock, twin, EXCLUSIVE | NOW)
            os.close(twin)
            other.end()
        self.same(scenario)

    def test_flock_waits(self):
        def scenario(p):
            fd, other = self.pair(p)
            fcntl.flock(fd, EXCLUSIVE)
            other.tell("fcntl.flock(fd, fcntl.LOCK_EX)")
            p.note("waits", other.waits())
            fcntl.flock(fd, UNLOCK)
            p.note("gets it", other.answer())
            p.do("and holds it", fcntl.flock, fd, EXCLUSIVE | NOW)
            other.kill()
            p.do("until it dies", fcntl.flock, fd, EXCLUSIVE)
        self.same(scenario)

    def test_posix_ranges(self):
        def scenario(p):
            fd, other = self.pair(p)
            p.do("lock 0-10", fcntl.lockf, fd, EXCLUSIVE | NOW, 10, 0)
            p.note("5-15", other.do("fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 10, 5)"))
            p.note("10-20", other.do("fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 10, 10)"))
            p.do("unlock the middle", fcntl.lockf, fd, UNLOCK, 4, 3)
            p.note("3-7", other.do("fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 4, 3)"))
            p.note("0-3", other.do("fcntl.lockf(fd, fcntl.LOCK_SH | fcntl.LOCK_NB, 3, 0)"))
            p.do("share 0-3", fcntl.lockf, fd, SHARED | NOW, 3, 0)
            p.note("0-3 shared", other.do("fcntl.lockf(fd, fcntl.LOCK_SH | fcntl.LOCK_NB, 3, 0)"))
            p.do("to the end", fcntl.lockf, fd, EXCLUSIVE | NOW, 0, 1000)
            p.note("far", other.do("fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 1 << 40)"))
            found = other.do("fcntl.fcntl(fd, fcntl.F_GETLK, described(fcntl.F_WRLCK, 2000, 1))")
            kind, _, start, length, pid = struct.unpack("hhqqi4x", eval(found))
            p.note("who", (kind, start, length, pid == os.getpid()))
            found = other.do("fcntl.fcntl(fd, fcntl.F_GETLK, described(fcntl.F_WRLCK, 500, 1))")
            p.note("nobody", struct.unpack("hhqqi4x", eval(found))[0] == fcntl.F_UNLCK)
            also = os.open(p / "f", os.O_RDONLY)
            os.close(also)  # POSIX: any close of the file drops all its locks.
            p.note("dropped", other.do("fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 0, 1000)"))
            reader = os.open(p / "f", os.O_RDONLY)
            p.do("exclusive on read-only", fcntl.lockf, reader, EXCLUSIVE | NOW, 1, 500)
            os.close(reader)
            other.end()
        self.same(scenario)

    def test_posix_waits(self):
        def scenario(p):
            fd, other = self.pair(p)
            fcntl.lockf(fd, EXCLUSIVE, 10, 0)
            other.tell("fcntl.lockf(fd, fcntl.LOCK_EX, 5, 5)")
            p.note("waits", other.waits())
            fcntl.lockf(fd, UNLOCK, 5, 0)
            p.note("still waits", other.waits())
            fcntl.lockf(fd, UNLOCK, 5, 5)
            p.note("gets it", other.answer())
            other.kill()
            p.do("after its death", fcntl.lockf, fd, EXCLUSIVE, 10, 0)
        self.same(scenario)

    def test_deadlock(self):
        """Two that wait for each other: on a local filesystem the second is told; on the mount it may be told too,
        and a signal ends the wait in any case."""
        def scenario(p):
            fd, other = self.pair(p)
            fcntl.lockf(fd, EXCLUSIVE, 1, 0)
            p.note("other takes the second", other.do("fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 1)"))
            other.tell("fcntl.lockf(fd, fcntl.LOCK_EX, 1, 0)")
            p.note("other waits for the first", other.waits())
            p.do("we wait for the second", fcntl.lockf, fd, EXCLUSIVE, 1, 1)
            fcntl.lockf(fd, UNLOCK, 1, 0)
            p.note("other goes on", other.answer())
            other.end()
        signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(AssertionError("waits for ever")))
        signal.alarm(30)
        try:
            self.same(scenario)
        finally:
            signal.alarm(0)

    def interrupted(self, p, call):
        """What a wait says when a signal comes."""
        class woken(Exception):
            pass

        def wake(*_):
            raise woken
        before = signal.signal(signal.SIGALRM, wake)
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        started = time.monotonic()
        try:
            call()
            p.note("got the lock")
        except woken:
            p.note("interrupted in time", time.monotonic() - started < 5)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def test_interruption(self):
        def scenario(p):
            fd, other = self.pair(p)
            p.note("other", other.do("fcntl.flock(fd, fcntl.LOCK_EX)"))
            self.interrupted(p, lambda: fcntl.flock(fd, EXCLUSIVE))
            p.note("other", other.do("fcntl.flock(fd, fcntl.LOCK_UN)"))
            p.note("nothing stays queued", other.do("fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)"))
            p.note("other", other.do("fcntl.lockf(fd, fcntl.LOCK_EX)"))
            self.interrupted(p, lambda: fcntl.lockf(fd, EXCLUSIVE))
            p.note("other", other.do("fcntl.lockf(fd, fcntl.LOCK_UN)"))
            p.note("nothing stays queued", other.do("fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)"))
            other.end()
        self.same(scenario)

    def test_killed_waiter(self):
        def scenario(p):
            fd, other = self.pair(p)
            for name, take in (("flock", fcntl.flock), ("lockf", fcntl.lockf)):
                waiter = Other()
                waiter.open(p / "f")
                take(fd, EXCLUSIVE)
                waiter.tell(f"fcntl.{name}(fd, fcntl.LOCK_EX)")
                p.note("waits", waiter.waits())
                waiter.kill()
                take(fd, UNLOCK)
                p.note("the dead got nothing", other.do(f"fcntl.{name}(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)"))
                other.do(f"fcntl.{name}(fd, fcntl.LOCK_UN)")
            other.end()
        self.same(scenario)

    def test_waiting_for_a_lock_blocks_nobody(self):
        """As many waiters as a daemon could have threads, and the mount still answers."""
        (self.mount / "f").write_bytes(b"x")
        fd = os.open(self.mount / "f", os.O_RDWR)
        fcntl.flock(fd, EXCLUSIVE)
        waiters = [Other() for _ in range(24)]
        for waiter in waiters:
            waiter.open(str(self.mount / "f"))
            waiter.tell("fcntl.flock(fd, fcntl.LOCK_EX) or fcntl.flock(fd, fcntl.LOCK_UN)")
        time.sleep(0.2)
        started = time.monotonic()
        (self.mount / "g").write_bytes(b"y")
        self.assertEqual((self.mount / "g").read_bytes(), b"y")
        self.assertLess(time.monotonic() - started, 5)
        fcntl.flock(fd, UNLOCK)
        for waiter in waiters:
            self.assertEqual(waiter.answer(), "None")
            waiter.end()
        os.close(fd)

    def test_open_file_description_locks(self):
        """Python packs no OFD locks of its own; the kernel's struct is the same."""
        def scenario(p):
            p.write_file("f", b"x")
            one, two = os.open(p / "f", os.O_RDWR), os.open(p / "f", os.O_RDWR)
            taken = described(fcntl.F_WRLCK, 0, 10)
            p.do("one", lambda: fcntl.fcntl(one, F_OFD_SETLK, taken) and "taken")
            p.do("two", lambda: fcntl.fcntl(two, F_OFD_SETLK, taken) and "taken")
            got = []
            waiter = threading.Thread(target=lambda: got.append(fcntl.fcntl(two, F_OFD_SETLKW, taken)))
            waiter.start()
            time.sleep(0.1)
            p.note("waits", not got)
            os.close(one)
            waiter.join(20)
            p.note("gets it", len(got))
            os.close(two)
        self.same(scenario)

    def test_counter(self):
        """Four processes count under a lock: no step is lost."""
        for take in ("flock", "lockf"):
            (self.mount / take).write_text("0")
            children = []
            for _ in range(4):
                child = os.fork()
                if child == 0:
                    status = 1
                    try:
                        fd = os.open(self.mount / take, os.O_RDWR)
                        for _ in range(50):
                            getattr(fcntl, take)(fd, EXCLUSIVE)
                            number = int(os.pread(fd, 20, 0))
                            os.pwrite(fd, str(number + 1).encode(), 0)
                            getattr(fcntl, take)(fd, UNLOCK)
                        status = 0
                    finally:
                        os._exit(status)
                children.append(child)
            for child in children:
                self.assertEqual(os.waitpid(child, 0)[1], 0)
            self.assertEqual((self.mount / take).read_text(), "200")
