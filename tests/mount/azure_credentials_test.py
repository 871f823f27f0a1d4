"""Mounting az:// by the variables that Azure programs read: what is wrong with them is one line and an exit code."""

import datetime
import subprocess

from mounting import case, clients, kernel

USAGE, MOUNT_FAILED = 1, 32


class azure_credentials(case.mounted):
    def setUp(self):
        super().setUp()
        store = case.settings.store
        self.server, self.service = store.server, store.proxy
        self.where = f"az://{self.server.account}/{self.server.container}/{self._testMethodName}"
        self.there = self.native / "mount"
        self.there.mkdir()
        self.variables = {"AZURE_STORAGE_ENDPOINT": self.service.endpoint, "AZURE_ALLOW_HTTP": "true",
                          "AZURE_STORAGE_ACCOUNT_KEY": self.server.key}

    def mount_it(self, source=None, **changed):
        """Without the variables that are None. Returns: the exit code and what was said."""
        given = {name: value for name, value in {**self.variables, **changed}.items() if value is not None}
        done = subprocess.run([case.settings.binary, "mount", source or self.where, self.there], text=True, timeout=60,
                              capture_output=True, stdin=subprocess.DEVNULL, env=clients.environment(given))
        print(f"{done.returncode}: {done.stderr.strip()}")
        return done.returncode, done.stderr

    def refused(self, outcome, code, *parts):
        self.assertEqual(outcome[0], code, outcome[1])
        self.assertEqual(len(outcome[1].splitlines()), 1, outcome[1])
        for part in parts:
            self.assertIn(part, outcome[1])
        self.assertNotIn(self.server.key, outcome[1])
        self.assertNotIn("sig=", outcome[1])
        self.assertEqual(kernel.mounts_under(self.there), [])

    def works(self, outcome):
        self.assertEqual(outcome, (0, ""))
        (self.there / "file").write_bytes(b"content")
        self.assertEqual((self.there / "file").read_bytes(), b"content")
        subprocess.run([case.settings.binary, "umount", "--wait", self.there], check=True)

    def sas(self, hours):
        self.server.import_client()
        from azure.storage.blob import ContainerSasPermissions, generate_container_sas
        allowed = ContainerSasPermissions(read=True, write=True, delete=True, list=True, tag=True)
        until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
        return generate_container_sas(self.server.account, self.server.container, account_key=self.server.key,
                                      permission=allowed, expiry=until)

    def test_a_key(self):
        self.works(self.mount_it())
        self.refused(self.mount_it(AZURE_STORAGE_ACCOUNT_KEY="d3Jvbmc="), USAGE, "az://", "AuthenticationFailed")
        self.refused(self.mount_it(AZURE_STORAGE_ACCOUNT_KEY="no base64"), USAGE, "key is not base64")

    def test_a_connection_string(self):
        text = (f"DefaultEndpointsProtocol=http;AccountName={self.server.account};AccountKey={self.server.key};"
                f"BlobEndpoint={self.service.endpoint};")
        self.works(self.mount_it(AZURE_STORAGE_CONNECTION_STRING=text, AZURE_STORAGE_ENDPOINT=None,
                                 AZURE_STORAGE_ACCOUNT_KEY=None))

    def test_a_signature(self):
        self.works(self.mount_it(AZURE_STORAGE_ACCOUNT_KEY=None, AZURE_STORAGE_SAS_TOKEN=self.sas(1)))
        self.refused(self.mount_it(AZURE_STORAGE_ACCOUNT_KEY=None, AZURE_STORAGE_SAS_TOKEN=self.sas(-1)), USAGE, "az://",
                     "the shared access signature has expired", "valid until 20")

    def test_nothing_at_all(self):
        self.refused(self.mount_it(f"{self.where}?retry_timeout=2s", AZURE_STORAGE_ACCOUNT_KEY=None,
                                   AZURE_MSI_ENDPOINT="http://127.0.0.1:1/token"),
                     MOUNT_FAILED, "managed identity", "no other credentials are configured", "AZURE_STORAGE_ACCOUNT_KEY")

    def test_places_that_are_not_there(self):
        self.refused(self.mount_it(f"az://{self.server.account}/no-such-container"), MOUNT_FAILED, "az://",
                     "ContainerNotFound")
        self.refused(self.mount_it(f"az://{self.server.account}"), USAGE, "az://ACCOUNT/CONTAINER")
        self.refused(self.mount_it(f"az://{self.server.account}/Not_A_Container"), USAGE, "container")
        self.refused(self.mount_it(AZURE_ALLOW_HTTP=None), USAGE, "allow_http")

    def test_nobody_listens(self):
        self.refused(self.mount_it(f"{self.where}?retry_timeout=2s",
                                   AZURE_STORAGE_ENDPOINT=f"http://127.0.0.1:1/{self.server.account}"), MOUNT_FAILED,
                     "127.0.0.1", "onnect")

    def test_a_wrong_clock_is_corrected(self):
        """The log says so: mount.faults."""
        for ahead_s in (3600, -3600):
            self.service.set("ahead_s", ahead_s)
            try:
                self.works(self.mount_it())
            finally:
                self.service.set("ahead_s", 0)
