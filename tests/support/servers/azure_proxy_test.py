"""The stand-in for Azure: what it adds to Azurite, and what it refuses that Azurite takes."""

import base64
import datetime
import pathlib
import socket
import sys
import unittest
import urllib.error

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from servers.azure_proxy import AzureProxy  # noqa: E402
from servers.azurite import AzuriteServer  # noqa: E402

CONTENT = bytes(range(256)) * 16
BLOCK = base64.b64encode(b"block one").decode()  # Nothing that a URL would have to encode.


class StandIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(AzuriteServer())
        cls.service = cls.enterClassContext(AzureProxy(cls.server))
        cls.server.import_client()
        cls.put("source", CONTENT)

    @classmethod
    def at(cls, name):
        return f"/{cls.server.container}/{name}"

    @classmethod
    def ask(cls, method, target, headers=(), body=b""):
        """Returns: the reply's headers and its body."""
        with cls.service.ask(method, cls.at(target), headers, body) as reply:
            return reply.headers, reply.read()

    @classmethod
    def put(cls, name, content):
        return cls.ask("PUT", name, {"x-ms-blob-type": "BlockBlob"}, content)[0]["ETag"]

    def refused(self, status, code, *request):
        with self.assertRaises(urllib.error.HTTPError) as heard:
            self.ask(*request)
        with heard.exception as reply:
            self.assertEqual((reply.code, reply.headers["x-ms-error-code"]), (status, code))
            self.assertTrue(reply.headers["x-ms-request-id"])

    def commit(self, name, *blocks):
        listed = "".join(f"<Uncommitted>{block}</Uncommitted>" for block in blocks)
        return ("PUT", f"{name}?comp=blocklist", {}, f"<BlockList>{listed}</BlockList>".encode())

    def source(self, **more):
        """The URL of the source with a signature that allows to read it, by Azure's own client."""
        from azure.storage.blob import BlobSasPermissions, generate_blob_sas
        given = {"permission": BlobSasPermissions(read=True),
                 "expiry": datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1), **more}
        query = generate_blob_sas(self.server.account, self.server.container, "source", account_key=self.server.key,
                                  **given)
        return f"{self.service.endpoint}{self.at('source')}?{query}"

    def block_from(self, url, **headers):
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        return ("PUT", f"{self._testMethodName}?comp=block&blockid={BLOCK}", {"x-ms-copy-source": url, **fields})

    def test_a_block_from_a_url(self):
        self.ask(*self.block_from(self.source(), x_ms_source_range="bytes=100-1099"))
        self.ask(*self.commit(self._testMethodName, BLOCK))
        self.assertEqual(self.ask("GET", self._testMethodName)[1], CONTENT[100:1100])

    def test_a_source_must_authorise_itself(self):
        plain = self.source().partition("?")[0]
        self.refused(403, "CannotVerifyCopySource", *self.block_from(plain))
        self.refused(403, "CannotVerifyCopySource", *self.block_from(self.source().replace("sig=", "sig=AA")))
        late = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=1)
        self.refused(403, "CannotVerifyCopySource", *self.block_from(self.source(expiry=late)))
        self.refused(404, "CannotVerifyCopySource", *self.block_from("http://127.0.0.1:1/other/container/blob"))

    def test_conditions_and_ranges_of_a_source(self):
        url = self.source()
        self.refused(412, "SourceConditionNotMet", *self.block_from(url, x_ms_source_if_match='"0x1"'))
        self.refused(400, "InvalidRange", *self.block_from(url, x_ms_source_range="bytes=4000-5000"))
        self.refused(400, "InvalidRange", *self.block_from(url, x_ms_source_range="bytes=9000-9001"))

    def test_the_time_and_the_key_of_a_request(self):
        for ahead_s, is_refused in ((0, False), (800, False), (1000, True), (-1000, True)):
            self.service.set("ahead_s", ahead_s)
            try:
                if is_refused:
                    self.refused(403, "AuthenticationFailed", "GET", "source")
                else:
                    self.ask("GET", "source")
            finally:
                self.service.set("ahead_s", 0)
        key, self.server.key = self.server.key, base64.b64encode(b"another").decode()
        try:
            self.refused(403, "AuthenticationFailed", "GET", "source")
        finally:
            self.server.key = key

    def test_what_is_not_there(self):
        self.refused(416, "InvalidRange", "GET", "source", {"x-ms-range": f"bytes={len(CONTENT)}-"})
        self.refused(404, "BlobNotFound", "GET", "missing", {"If-Match": '"0x1"'})
        self.refused(412, "ConditionNotMet", "GET", "source", {"If-Match": '"0x1"'})

    def test_a_put_discards_blocks(self):
        self.ask("PUT", f"{self._testMethodName}?comp=block&blockid={BLOCK}", {}, b"staged")
        self.put(self._testMethodName, b"whole")
        self.refused(400, "InvalidBlockList", *self.commit(self._testMethodName, BLOCK))
        self.assertEqual(self.ask("GET", self._testMethodName)[1], b"whole")

    def test_who_asks_before_a_large_body_is_told_to_send_it(self):
        """At once: curl waits for a second, which is what each large request of a test would take."""
        with socket.create_connection(("127.0.0.1", self.service.port), timeout=30) as connection:
            connection.sendall(b"PUT /nowhere HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
            self.assertEqual(connection.recv(100), b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.sendall(b"x")
            self.assertRegex(connection.recv(100), b"HTTP/1.1 4.. ")

    def test_a_copy_may_go_on_after_its_reply(self):
        url = f"{self.service.endpoint}{self.at('source')}"
        copied = [self.ask("PUT", f"copy{number}", {"x-ms-copy-source": url})[0] for number in range(3)]
        self.assertEqual([one["x-ms-copy-status"] for one in copied].count("pending"), 1)
        number = [one["x-ms-copy-status"] for one in copied].index("pending")
        seen = [self.ask("HEAD", f"copy{number}")[0] for _ in range(2)]
        self.assertEqual([one["x-ms-copy-status"] for one in seen], ["pending", "success"])
        self.assertNotEqual(*(one["ETag"] for one in seen))


if __name__ == "__main__":
    unittest.main(verbosity=2)
