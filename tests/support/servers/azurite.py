"""Azurite, Microsoft's emulator of Azure Blob storage, on a loopback port of its own, keeping everything in memory.

What it does otherwise than Azure, for whoever writes a test against it: nothing is put or copied `From URL` as a block
or into an append blob (501); a range that begins at the end is not refused; x-ms-content-crc64 and the age of x-ms-date
are not checked; a wrong signature is an AuthorizationFailure; there are no versions, no customer keys, no start position
in listings; a blob that is put whole keeps its uncommitted blocks; reading a missing blob under a condition is 412; a
block that is uploaded again under its id and listed as Latest gives the new one also where Azure would keep the committed
one. The stand-in in azure_proxy.py makes up for most of it.
"""

import base64
import pathlib
import secrets
import subprocess
import sys
import urllib.request

from . import ports
from .server import Server
from .shared_key import signed


class AzuriteServer(Server):
    account = "testaccount"
    folder_prefix = "rfs-azurite-"

    def __init__(self, container="test-container"):
        self.container = container
        self.key = base64.b64encode(secrets.token_bytes(64)).decode()
        self.port = self.tools = None

    @property
    def endpoint(self):
        """As for a real account, the account is part of the path, because there are no host names for it here."""
        return f"http://127.0.0.1:{self.port}/{self.account}"

    def prepare(self):
        self.tools = pathlib.Path(subprocess.run([pathlib.Path(__file__).with_name("install-azurite")], check=True,
                                                 text=True, stdout=subprocess.PIPE).stdout.strip())

    def run(self):
        """Returns when the container is there."""
        [self.port] = ports.free(1)
        command = ["node", str(self.tools / "bin" / "azurite"), "--silent", "--blobHost", "127.0.0.1", "--blobPort",
                   str(self.port), "--inMemoryPersistence", "--disableTelemetry"]
        self.begin(command, {"AZURITE_ACCOUNTS": f"{self.account}:{self.key}"})
        self.ask("PUT", f"/{self.container}?restype=container").close()

    def ask(self, method, target, headers=(), body=b""):
        """One request of the account's owner; `target` is what follows the account in the URL."""
        url = self.endpoint + target
        if body:
            headers = {"Content-Type": "application/octet-stream", **dict(headers)}
        headers = signed(method, url, dict(headers), self.account, self.key, len(body))
        return urllib.request.urlopen(urllib.request.Request(url, data=body or None, method=method, headers=headers),
                                      timeout=30)

    def import_client(self):
        """Makes Azure's own client importable here: `azure.storage.blob`."""
        [found] = (self.tools / "python" / "lib").glob("python*/site-packages")
        if str(found) not in sys.path:
            sys.path.append(str(found))

    def environment(self):
        """The variables that name it, as any Azure program reads them, and where Azure's own client is."""
        return {"AZURE_STORAGE_ACCOUNT_NAME": self.account, "AZURE_STORAGE_ACCOUNT_KEY": self.key,
                "AZURE_STORAGE_ENDPOINT": self.endpoint, "AZURE_ALLOW_HTTP": "true",
                "AZURE_TEST_CONTAINER": self.container,
                "AZURE_TEST_PYTHON": str(self.tools / "python" / "bin" / "python")}
