"""The stand-in for R2: each rule of R2's, broken by plain requests that the S3 server behind takes."""

import pathlib
import sys
import unittest
import urllib.error
import urllib.request
import xml.etree.ElementTree as xml

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from servers.r2_proxy import R2Proxy  # noqa: E402
from servers.seaweed import SeaweedServer  # noqa: E402
from servers.sigv4 import signed  # noqa: E402

MIB = 1 << 20
CREATE = {"If-None-Match": "*"}
WRONG = {"If-Match": '"00000000000000000000000000000000"'}


class StandIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(SeaweedServer())
        cls.service = cls.enterClassContext(R2Proxy(cls.server))
        cls.service.set("forbid_every", 0)

    def ask(self, method, target, headers=(), body=b"", at=None, key=None):
        """Returns: the reply's headers and its body."""
        at = at or self.service
        url = f"{at.endpoint}/{self.server.bucket}/{target}"
        headers = signed(method, url, dict(headers), key or self.server.access_key, self.server.secret_key, at.region)
        sent = urllib.request.Request(url, method=method, headers=headers, data=body if method in ("PUT", "POST") else None)
        with urllib.request.urlopen(sent, timeout=30) as reply:
            return reply.headers, reply.read()

    def refused(self, status, code, *request, **more):
        with self.assertRaises(urllib.error.HTTPError) as heard:
            self.ask(*request, **more)
        with heard.exception as reply:
            self.assertEqual((reply.code, xml.fromstring(reply.read()).findtext(".//{*}Code")), (status, code))

    def put(self, key, content=b"content", headers=()):
        return self.ask("PUT", key, headers, content)[0]["ETag"]

    def copied(self, key, to, headers):
        return ("PUT", to, {"x-amz-copy-source": f"/{self.server.bucket}/{key}", **headers})

    def begin(self, key):
        return xml.fromstring(self.ask("POST", f"{key}?uploads=")[1]).findtext("{*}UploadId")

    def completion(self, key, *sizes, copied=False, at=None):
        """The request that completes an upload of parts of these sizes, sent or copied."""
        upload, listed = self.begin(key), ""
        for number, size in enumerate(sizes, 1):
            target = f"{key}?partNumber={number}&uploadId={upload}"
            if copied:
                headers = {"x-amz-copy-source": f"/{self.server.bucket}/source",
                           "x-amz-copy-source-range": f"bytes=0-{size - 1}"}
                etag = xml.fromstring(self.ask("PUT", target, headers)[1]).findtext("{*}ETag")
            else:
                etag = self.ask("PUT", target, (), bytes(size))[0]["ETag"]
            listed += f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"
        body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
        return "POST", f"{key}?uploadId={upload}", (), body

    def test_parts_have_one_size(self):
        self.ask(*self.completion("parts", 5 * MIB, 5 * MIB, MIB))
        self.ask(*self.completion("one", MIB))
        for sizes in ((6 * MIB, 5 * MIB, MIB), (5 * MIB, 6 * MIB), (5 * MIB, 6 * MIB, 5 * MIB)):
            request = self.completion("parts", *sizes)
            self.refused(400, "InvalidPart", *request)
            self.ask(*request, at=self.server)  # The rule is the stand-in's, not the server's.

    def test_copied_parts_too(self):
        self.put("source", bytes(6 * MIB))
        self.ask(*self.completion("copies", 5 * MIB, 5 * MIB, MIB, copied=True))
        for sizes in ((6 * MIB, 5 * MIB, MIB), (5 * MIB, 6 * MIB)):
            self.refused(400, "InvalidPart", *self.completion("copies", *sizes, copied=True))

    def test_conditions_on_a_put(self):
        etag = self.put("put")
        self.refused(412, "PreconditionFailed", "PUT", "put", CREATE, b"other")
        self.refused(412, "PreconditionFailed", "PUT", "put", WRONG, b"other")
        self.put("put", b"other", {"If-Match": etag})

    def test_conditions_on_a_copy(self):
        """S3's are ignored, those with R2's prefix are not."""
        self.put("from"), self.put("to", b"other")
        for condition in (CREATE, WRONG):
            prefixed = {f"cf-copy-destination-{name}": value for name, value in condition.items()}
            self.refused(412, "PreconditionFailed", *self.copied("from", "to", prefixed))
            self.assertEqual(self.ask("GET", "to")[1], b"other")
            self.ask(*self.copied("from", "to", condition))
            self.assertEqual(self.ask("GET", "to")[1], b"content")
            self.put("to", b"other")
        self.refused(412, "PreconditionFailed",
                     *self.copied("from", "to", {"x-amz-copy-source-if-match": WRONG["If-Match"]}))

    def test_a_delete_knows_no_conditions(self):
        self.put("gone")
        self.refused(412, "PreconditionFailed", "DELETE", "gone", WRONG, at=self.server)
        self.ask("DELETE", "gone", WRONG)
        self.refused(404, "NoSuchKey", "GET", "gone")

    def test_what_it_does_not_have(self):
        self.put("plain")
        for name, value in (("x-amz-tagging", "a=b"), ("x-amz-acl", "private"), ("x-amz-request-payer", "requester"),
                            ("x-amz-server-side-encryption", "AES256")):
            self.refused(501, "NotImplemented", "PUT", "other", {name: value}, b"content")
        for query in ("tagging=", "acl=", "versionId=1"):
            self.refused(501, "NotImplemented", "GET", f"plain?{query}")
        self.refused(400, "InvalidStorageClass", "PUT", "other", {"x-amz-storage-class": "GLACIER"}, b"content")
        self.put("other", headers={"x-amz-storage-class": "STANDARD_IA"})

    def test_who_asks_too_often_is_forbidden(self):
        self.put("often")
        self.service.set("forbid_every", 3)
        try:
            heard = []
            for _ in range(9):
                try:
                    self.ask("GET", "often")
                    heard.append(200)
                except urllib.error.HTTPError as refusal:
                    heard.append(refusal.code)
                    refusal.close()
        finally:
            self.service.set("forbid_every", 0)
        self.assertEqual((heard.count(403), heard.count(200)), (3, 6))

    def test_keys_have_to_be_right(self):
        self.refused(403, "AccessDenied", "GET", "plain", key="wrong")


if __name__ == "__main__":
    unittest.main(verbosity=2)
