"""The base of mount tests: one mount for the tests of a class, a native directory beside it, and their comparison."""

import functools
import os
import pathlib
import sys
import unittest

from . import backends, daemon, probe, tree

# What run.py was told; set before the tests are loaded.
settings = None


class settings_of_run:
    def __init__(self, binary, backend, work, seed, full, preset):
        self.binary, self.work = binary, pathlib.Path(work)
        self.backend, self.store = backend, backends.KNOWN[backend]()
        self.seed, self.full, self.preset = seed, full, preset


def needs_root(test):
    return unittest.skipUnless(os.geteuid() == 0, "needs root, to act as several users")(test)


def can(ability):
    return ability in settings.store.abilities


def lasting(options):
    """The options of mounts whose tests want directories to keep what is said of them: a server that forgets it must
    not be asked again while they run."""
    return options if can("marker_metadata") else options + ",attr_ttl=10min"


def many(count):
    """How many of something to make: a tenth of it where each of them takes requests to a server."""
    return count if settings.full or not settings.store.takes_requests else count // 10


def needs(ability):
    """Leaves a test, or a class of them, out on backends that cannot do this."""
    def decorate(test):
        def check(self, *arguments):
            if ability not in settings.store.abilities:
                self.skipTest(f"{settings.backend} has no {ability}")
            return test(self, *arguments)
        return functools.wraps(test)(check)
    return decorate


class mounted(unittest.TestCase):
    """`self.mount` and `self.native` are directories of the test's own, on the mount and beside it."""

    maxDiff = None
    options = "allow_other,default_permissions" if os.geteuid() == 0 else "default_permissions"
    running = None

    @classmethod
    def setUpClass(cls):
        work = settings.work / cls.__name__
        work.mkdir()
        os.chmod(work, 0o755)
        cls.point, cls.store, state = work / "mount", work / "store", work / "state"
        cls.beside = work / "native"
        for folder in (cls.point, cls.store, state, cls.beside):
            folder.mkdir()
            os.chmod(folder, 0o755)
        if settings.backend == "native":  # The tests themselves, tried without a mount.
            return
        config = work / "randomiofs.toml"
        config.write_text(backends.config(cls.tables(), state))
        cls.running = daemon.Daemon(settings.binary, config, "test", cls.point, work / "log", cls.options)
        cls.running.start()

    @classmethod
    def table(cls):
        """The [backend.main] table that the class's mounts use."""
        return settings.store.table(cls.store)

    @classmethod
    def tables(cls):
        """Where each backend is in the tree that they mount."""
        return {"/": cls.table()}

    @classmethod
    def second_mount(cls):
        """Another daemon on the same store, as on another machine. Returns: its directory, and the daemon to stop."""
        work = cls.point.parent
        point, state = work / "second-mount", work / "second-state"
        for folder in (point, state):
            folder.mkdir()
        config = work / "second.toml"
        config.write_text(backends.config(cls.tables(), state))
        running = daemon.Daemon(settings.binary, config, "test", point, work / "second-log", cls.options)
        running.start()
        return point, running

    @classmethod
    def tearDownClass(cls):
        if cls.running is not None:
            running, cls.running = cls.running, None
            running.stop()

    @classmethod
    def remount(cls):
        """Unmounts, ends the daemon, starts a new one on what stayed."""
        if cls.running is not None:
            cls.running.stop()
            cls.running.start()

    @property
    def persistent(self):
        return settings.store.persistent

    def setUp(self):
        os.umask(0o022)
        # A test that fails midway leaves descriptors; on the mount they would keep it busy.
        self.addCleanup(self.close_all_but, self.descriptors())
        self.mount, self.native = self.point / self._testMethodName, self.beside / self._testMethodName
        for folder in (self.mount, self.native):
            folder.mkdir(0o777)
            os.chmod(folder, 0o777)

    @staticmethod
    def descriptors():
        """Those of files and directories; sockets and pipes are the servers' and keep no mount busy."""
        found = set()
        for name in os.listdir("/proc/self/fd"):
            try:
                if os.readlink(f"/proc/self/fd/{name}").startswith("/"):
                    found.add(int(name))
            except OSError:
                pass  # That of the listing itself.
        return found

    @classmethod
    def close_all_but(cls, kept):
        for fd in cls.descriptors() - kept:
            os.close(fd)

    def run(self, result=None):
        before = len(result.errors) + len(result.failures)
        super().run(result)
        if len(result.errors) + len(result.failures) > before and self.running is not None:
            print(f"{self.id()}:\n{self.running.tail()}", file=sys.stderr)
        return result

    @staticmethod
    def probe(folder):
        return probe.Probe(folder, settings.store.abilities)

    def same(self, scenario):
        """Runs a scenario on both sides; every recorded result must be equal."""
        sides = []
        for folder in (self.native, self.mount):
            side = self.probe(folder)
            try:
                scenario(side)
            except Exception as failure:
                raise AssertionError(f"on {folder}, after {side.record[-3:]}") from failure
            sides.append(side.record)
        native, mount = sides
        lines = [f"{number}: {left[0]}: native {left[1]!r}, mount {right[1]!r}" if left[0] == right[0]
                 else f"{number}: native did {left}, mount did {right}"
                 for number, (left, right) in enumerate(zip(native, mount)) if left != right]
        if len(native) != len(mount):
            lines.append(f"native made {len(native)} notes, mount {len(mount)}")
        self.assertFalse(lines, "\n" + "\n".join(lines[:30]))
        self.assertTrue(native, "a scenario that records nothing proves nothing")

    def same_trees(self, expected, actual, times=True):
        lines = tree.differences(*(tree.snapshot(root, times, settings.store.abilities) for root in (expected, actual)))
        self.assertFalse(lines, "\n" + "\n".join(lines))
