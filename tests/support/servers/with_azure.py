#!/usr/bin/env python3
"""Runs a command beside an Azure Blob server of its own:  with_azure.py COMMAND [ARGUMENT …]

The command finds the server by AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCOUNT_KEY, AZURE_STORAGE_ENDPOINT,
AZURE_ALLOW_HTTP, an empty container by AZURE_TEST_CONTAINER, and a Python that has azure-storage-blob by
AZURE_TEST_PYTHON. Ends with the command's exit code; 125 when there is no server.
"""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from servers.azurite import AzuriteServer  # noqa: E402
from servers.child import end_with_parent, server_failed  # noqa: E402


def main(command):
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    # Only an exit unwinds the server below.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _: sys.exit(128 + received))
    with contextlib.ExitStack() as running:
        try:
            server = running.enter_context(AzuriteServer())
        except (server_failed, OSError, subprocess.CalledProcessError) as why:
            print(f"with_azure.py: no server: {why}", file=sys.stderr)
            return 125
        # What whoever runs the tests has set for accounts of their own stays out of it.
        clean = {name: value for name, value in os.environ.items()
                 if not name.startswith("AZURE_") and name not in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER")}
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
