"""A strict stand-in for Cloudflare R2 in front of an S3 server: what R2 refuses or ignores is refused or ignored.

Enforced, each at the function that does it: parts of one size, copied ones too; conditions on a copy's destination by
`cf-` headers only; deletes without conditions; no tags, ACLs, requester pays or service-side encryption headers; a
throttled client sees 403. Source: developers.cloudflare.com/r2/api/s3, reports of its users for the 403.

It checks that a request is signed with the right access key, and signs what it passes on itself, because it adds and
removes headers.
"""

import http.client
import http.server
import itertools
import re
import socketserver
import threading
import urllib.parse
import xml.etree.ElementTree as xml

from .sigv4 import signed

COPY_CONDITIONS = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "expect", "host", "authorization", "content-length"}
UNSUPPORTED = {"x-amz-tagging", "x-amz-acl", "x-amz-request-payer", "x-amz-server-side-encryption",
               "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-website-redirect-location",
               "x-amz-object-lock-mode"}
STORAGE_CLASSES = {"STANDARD", "STANDARD_IA"}
NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


class refusal(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class R2Proxy(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """`forbid_every`: every so many requests one is answered with the 403 that stands for 429; 0: none."""

    daemon_threads = True
    request_queue_size = 128
    region = "auto"

    def __init__(self, behind, forbid_every=23):
        super().__init__(("127.0.0.1", 0), Handler)
        self.behind, self.forbid_every = behind, forbid_every
        self.counter = itertools.count(1)
        self.endpoint = f"http://127.0.0.1:{self.server_address[1]}"
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def handle_error(self, request, client_address):
        pass  # A client that went away.

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.shutdown()
        self.server_close()

    def environment(self):
        return {**self.behind.environment(), "AWS_ENDPOINT_URL": self.endpoint, "AWS_REGION": self.region,
                "S3_TEST_STRICT_R2": "1"}

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def ask(self, method, target, headers, body=b""):
        """One request to the server behind: (status, reply headers, body)."""
        server = self.behind
        headers = signed(method, server.endpoint + target, headers, server.access_key, server.secret_key, server.region)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value.encode("latin-1") if isinstance(value, str) else value)
            if body or method in ("PUT", "POST"):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            reply = connection.getresponse()
            return reply.status, reply.getheaders(), reply.read()
        finally:
            connection.close()

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


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def serve(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        try:
            status, headers, content = self.judge(body)
        except refusal as why:
            content = (f"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{why.code}</Code>"
                       f"<Message>{why.message}</Message></Error>").encode()
            status, headers = why.status, [("Content-Type", "application/xml")]
        self.send_response_only(status)
        announced = None
        for name, value in headers:
            if name.lower() == "content-length":
                announced = value
            elif name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        # The reply to a HEAD announces a body that does not come.
        self.send_header("Content-Length", announced if self.command == "HEAD" and announced else str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = serve

    def judge(self, body):
        if f"Credential={self.server.behind.access_key}/" not in self.headers.get("Authorization", ""):
            raise refusal(403, "AccessDenied", "not signed with the right key")
        if self.server.forbid_every and next(self.server.counter) % self.server.forbid_every == 0:
            raise refusal(403, "AccessDenied", "Access Denied")  # What some get in place of a 429.
        # Latin-1 keeps every byte of a header as it came.
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        lower = {name.lower(): value for name, value in headers.items()}
        path, _, query = self.path.partition("?")
        keys = urllib.parse.parse_qs(query, keep_blank_values=True)

        self.refuse_unsupported(lower, keys)
        if self.command == "PUT" and "x-amz-copy-source" in lower and "partNumber" not in keys:
            headers = self.copy_conditions(headers)
        if self.command == "DELETE":
            headers = {name: value for name, value in headers.items() if name.lower() not in COPY_CONDITIONS}
        if self.command == "POST" and "delete" in keys:
            # Conditions inside a batch are not known either.
            body = re.sub(rb"<(ETag|LastModifiedTime|Size)>.*?</\1>", b"", body)
            headers = {name: value for name, value in headers.items() if name.lower() != "content-md5"
                       and not name.lower().startswith(("x-amz-checksum-", "x-amz-sdk-checksum-"))}
            headers |= {"Content-MD5": md5(body)}
        if self.command == "POST" and "uploadId" in keys:
            self.uniform_parts(path, keys["uploadId"][0], body)
        return self.server.ask(self.command, self.path, headers, body)

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
        sizes = self.server.part_sizes(path, upload)
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
