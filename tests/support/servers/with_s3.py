#!/usr/bin/env python3
"""Runs a command beside an S3 server of its own:  with_s3.py [--r2] COMMAND [ARGUMENT …]

The command finds the server by AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL, AWS_REGION, AWS_ALLOW_HTTP,
and an empty bucket by S3_TEST_BUCKET. --r2 puts the strict stand-in for R2 in front of it. Ends with the command's exit
code; 125 when there is no server.
"""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from servers.child import end_with_parent, server_failed  # noqa: E402
from servers.r2_proxy import R2Proxy  # noqa: E402
from servers.seaweed import SeaweedServer  # noqa: E402


def main(arguments):
    strict = arguments[:1] == ["--r2"]
    command = arguments[1:] if strict else arguments
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    # Only an exit unwinds the servers below.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _: sys.exit(128 + received))
    with contextlib.ExitStack() as running:
        try:
            server = running.enter_context(SeaweedServer())
            if strict:
                server = running.enter_context(R2Proxy(server))
        except (server_failed, OSError, subprocess.CalledProcessError) as why:
            print(f"with_s3.py: no server: {why}", file=sys.stderr)
            return 125
        # Profiles and variables of whoever runs the tests stay out of it.
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        clean |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                  "AWS_EC2_METADATA_DISABLED": "true"}
        child = subprocess.Popen(command, env={**clean, **server.environment()}, preexec_fn=end_with_parent)
        try:
            status = child.wait()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
