"""What the programs share that run a command beside servers of its own."""

import contextlib
import os
import signal
import subprocess
import sys

from .child import end_with_parent, server_failed


def run(command, start, keeps=lambda name: True, adds=()):
    """Runs a command in the environment of the server that `start` enters into an exit stack and returns.

    Of the caller's own variables it gets those that `keeps` says yes to, and `adds`. Returns: its exit code; 125 when
    there is no server.
    """
    # Only an exit unwinds the servers below.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _: sys.exit(128 + received))
    with contextlib.ExitStack() as running:
        try:
            server = start(running)
        except (server_failed, OSError, subprocess.CalledProcessError) as why:
            print(f"{os.path.basename(sys.argv[0])}: no server: {why}", file=sys.stderr)
            return 125
        environment = {name: value for name, value in os.environ.items() if keeps(name)}
        environment |= dict(adds) | server.environment()
        child = subprocess.Popen(command, env=environment, preexec_fn=end_with_parent)
        try:
            status = child.wait()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        return status if status >= 0 else 128 - status
