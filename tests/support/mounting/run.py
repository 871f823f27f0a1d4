#!/usr/bin/env python3
"""Runs one module of mount tests on one backend, and leaves nothing behind.

The tests run in a child. Whatever happens to it (a failure, a hang until the deadline, an interrupt), this process then
unmounts what is still mounted below the working directory and ends what still runs there, and says so.
"""

import argparse
import importlib
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from mounting import case, kernel  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", help="the randomiofs to test")
    parser.add_argument("--backend", default="native", help="a name of backends.py, or 'native' to try the tests alone")
    parser.add_argument("--preset", default="test", help="the build that the binary is of")
    parser.add_argument("--deadline", type=float, default=300, help="seconds for the whole module")
    parser.add_argument("--seed", type=int, default=None, help="of randomized tests")
    parser.add_argument("--full", action="store_true", help="the long form of tests that have one")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("module", help="a file of tests")
    parser.add_argument("tests", nargs="*", help="CLASS or CLASS.TEST to run alone")
    return parser.parse_args()


def run_tests(options):
    """The child: loads the module and runs it."""
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"backend {options.backend}, seed {seed}", flush=True)
    case.settings = case.settings_of_run(options.binary, options.backend, options.work, seed, options.full,
                                         options.preset)
    path = pathlib.Path(options.module).resolve()
    sys.path.insert(0, str(path.parent))
    module = importlib.import_module(path.stem)
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames(options.tests, module) if options.tests else loader.loadTestsFromModule(module)
    store = case.settings.store
    store.start()
    try:
        result = unittest.TextTestRunner(verbosity=2).run(suite)
    finally:
        store.stop()
    if result.testsRun == 0:
        print("no test ran", file=sys.stderr)
        return 1
    return 0 if result.wasSuccessful() else 1


def supervise(options):
    """The parent: a deadline, and order afterwards."""
    base = os.environ.get("RANDOMIOFS_TEST_DIR", "/var/tmp")
    work = tempfile.mkdtemp(prefix="rfs-", dir=base)
    os.chmod(work, 0o755)
    child = subprocess.Popen([sys.executable, __file__, *sys.argv[1:], "--work", work], start_new_session=True,
                             env={**os.environ, kernel.MARK: work})
    status = 1
    try:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(1))
        status = child.wait(options.deadline)
    except subprocess.TimeoutExpired:
        print(f"no end after {options.deadline:.0f} s", file=sys.stderr)
        for log in pathlib.Path(work).glob("*/log"):
            print(f"--- {log}\n{log.read_text(errors='replace')[-4000:]}", file=sys.stderr)
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        left = kernel.clean(work)
        child.wait()
        left += kernel.clean(work)
        if left and status == 0:
            print("left behind: " + ", ".join(left), file=sys.stderr)
            status = 1
        if not kernel.mounts_under(work):
            shutil.rmtree(work, ignore_errors=True)
    return status


if __name__ == "__main__":
    given = arguments()
    sys.exit(run_tests(given) if given.work else supervise(given))
