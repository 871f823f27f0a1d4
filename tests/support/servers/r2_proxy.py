"""A strict stand-in for Cloudflare R2 in front of an S3 server: what R2 refuses or ignores is refused or ignored.

Enforced, each at the function that does it: parts of one size, copied ones too; conditions on a copy's destination by
`cf-` headers only; deletes without conditions; no tags, ACLs, requester pays or service-side encryption headers; a
throttled client sees 403. Source: developers.cloudflare.com/r2/api/s3, reports of its users for the 403.
"""

import itertools
import re
import urllib.parse
import xml.etree.ElementTree as xml

from .atomic_commits import AtomicCommits, AtomicRules, parameters
from .stand_in import refusal

COPY_CONDITIONS = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
UNSUPPORTED = {"x-amz-tagging", "x-amz-acl", "x-amz-request-payer", "x-amz-server-side-encryption",
               "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-website-redirect-location",
               "x-amz-object-lock-mode"}
STORAGE_CLASSES = {"STANDARD", "STANDARD_IA"}
NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


class R2Proxy(AtomicCommits):
    rules = "servers.r2_proxy:R2Rules"

    region = "auto"

    def environment(self):
        return {**super().environment(), "S3_TEST_STRICT_R2": "1"}


class R2Rules(AtomicRules):
    """`forbid_every`: every so many requests one is answered with the 403 that stands for 429; 0: none."""

    def __init__(self, behind):
        super().__init__(behind)
        self.forbid_every, self.counter = 23, itertools.count(1)

    def part_sizes(self, path, upload):
        """Part number → size, as the server behind holds them."""
        sizes, marker = {}, "0"
        while True:
            query = urllib.parse.urlencode({"uploadId": upload, "part-number-marker": marker})
            status, _, body = self.ask("GET", f"{path}?{query}", {})
            if status != 200:
                return sizes
            listing = xml.fromstring(body)
            for part in listing.iter(f"{NAMESPACE}Part"):
                sizes[int(part.find(f"{NAMESPACE}PartNumber").text)] = int(part.find(f"{NAMESPACE}Size").text)
            if listing.findtext(f"{NAMESPACE}IsTruncated") != "true":
                return sizes
            marker = listing.findtext(f"{NAMESPACE}NextPartNumberMarker")

    def judge(self, method, target, headers, body):
        if self.forbid_every and next(self.counter) % self.forbid_every == 0:
            raise refusal(403, "AccessDenied", "Access Denied")  # What some get in place of a 429.
        lower = {name.lower(): value for name, value in headers.items()}
        path, _, query = target.partition("?")
        keys = parameters(query)

        self.refuse_unsupported(lower, keys)
        if method == "PUT" and "x-amz-copy-source" in lower and "partNumber" not in keys:
            headers = self.copy_conditions(headers)
        if method == "DELETE":
            headers = {name: value for name, value in headers.items() if name.lower() not in COPY_CONDITIONS}
        if method == "POST" and "delete" in keys:
            # Conditions inside a batch are not known either.
            body = re.sub(rb"<(ETag|LastModifiedTime|Size)>.*?</\1>", b"", body)
            headers = {name: value for name, value in headers.items() if name.lower() != "content-md5"
                       and not name.lower().startswith(("x-amz-checksum-", "x-amz-sdk-checksum-"))}
            headers |= {"Content-MD5": md5(body)}
        if method == "POST" and "uploadId" in keys:
            self.uniform_parts(path, keys["uploadId"][0], body)
        return self.ask(method, target, headers, body)

    def refuse_unsupported(self, lower, keys):
        for name in UNSUPPORTED & lower.keys():
            raise refusal(501, "NotImplemented", f"Header '{name}' with value '{lower[name]}' not implemented")
        if lower.get("x-amz-storage-class", "STANDARD") not in STORAGE_CLASSES:
            raise refusal(400, "InvalidStorageClass", "The storage class you specified is not valid.")
        for name in {"tagging", "acl", "versioning", "versions", "versionId"} & keys.keys():
            raise refusal(501, "NotImplemented", f"'{name}' not implemented")

    def copy_conditions(self, headers):
        """S3's own conditions mean nothing on a copy; those with the prefix do."""
        kept = {}
        for name, value in headers.items():
            plain = name.lower()
            if plain in COPY_CONDITIONS:
                continue
            if plain.startswith("cf-copy-destination-"):
                name = plain.removeprefix("cf-copy-destination-")
            kept[name] = value
        return kept

    def uniform_parts(self, path, upload, body):
        """All parts but the last have one size, and the last is not larger."""
        try:
            listed = [int(number.text) for number in xml.fromstring(body).iter() if number.tag.endswith("PartNumber")]
        except xml.ParseError:
            raise refusal(400, "MalformedXML", "The XML you provided was not well-formed.")
        sizes = self.part_sizes(path, upload)
        known = [sizes[number] for number in listed if number in sizes]
        if len(known) != len(listed):
            return  # The server behind says what is missing.
        if len(set(known[:-1])) > 1:
            raise refusal(400, "InvalidPart", "All non-trailing parts must have the same length.")
        if len(known) > 1 and known[-1] > known[0]:
            raise refusal(400, "InvalidPart", "The last part must not be larger than the others.")


def md5(body):
    import base64
    import hashlib
    return base64.b64encode(hashlib.md5(body).digest()).decode()
