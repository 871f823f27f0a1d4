#!/usr/bin/env python3
"""Runs a command beside an Azure Blob server of its own:  with_azure.py COMMAND [ARGUMENT …]

The command finds the server by AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCOUNT_KEY, AZURE_STORAGE_ENDPOINT,
AZURE_ALLOW_HTTP, an empty container by AZURE_TEST_CONTAINER, and a Python that has azure-storage-blob by
AZURE_TEST_PYTHON. Ends with the command's exit code; 125 when there is no server.
"""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from servers import beside  # noqa: E402
from servers.azurite import AzuriteServer  # noqa: E402


def is_not_azure(name):
    """What whoever runs the tests has set for accounts of their own stays out of it."""
    return not name.startswith("AZURE_") and name not in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER")


def main(command):
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    return beside.run(command, lambda running: running.enter_context(AzuriteServer()), keeps=is_not_azure)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
