#!/usr/bin/env python3
"""Runs a command beside an Azure Blob server of its own:  with_azure.py [--strict] COMMAND [ARGUMENT …]

The command finds the server by AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCOUNT_KEY, AZURE_STORAGE_ENDPOINT,
AZURE_ALLOW_HTTP, an empty container by AZURE_TEST_CONTAINER, and a Python that has azure-storage-blob by
AZURE_TEST_PYTHON. --strict puts the strict stand-in for Azure in front of it. Ends with the command's exit code; 125 when there is no server.
"""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from servers import beside  # noqa: E402
from servers.azure_proxy import AzureProxy  # noqa: E402
from servers.azurite import AzuriteServer  # noqa: E402


def is_not_azure(name):
    """What whoever runs the tests has set for accounts of their own stays out of it."""
    return not name.startswith("AZURE_") and name not in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER")


def main(arguments):
    strict = arguments[:1] == ["--strict"]
    command = arguments[1:] if strict else arguments
    if not command:
        print(__doc__, file=sys.stderr)
        return 2

    def start(running):
        server = running.enter_context(AzuriteServer())
        return running.enter_context(AzureProxy(server)) if strict else server

    return beside.run(command, start, keeps=is_not_azure)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
