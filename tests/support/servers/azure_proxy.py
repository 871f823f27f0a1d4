"""A strict stand-in for Azure Blob storage in front of Azurite: what that lacks or does not look at, as Azure does it.

Put Block From URL, from a source that authorises itself, under its condition; requests dated more than 15 minutes away;
a wrong signature by its right name; ranges that begin at the end; a condition on what is not there; blocks that a Put
Blob discards; copies that go on after their reply. Source: Azure Storage REST API, at each operation's own page.
"""

import base64
import email.utils
import http.client
import itertools
import re
import threading
import time
import urllib.parse
import uuid

from . import shared_key
from .azurite import AzuriteServer
from .stand_in import Rules, StandIn, refusal

SKEW_MAX_S = 15 * 60
PENDING = '"0x0000000000000FE"'  # A copy that goes on has a version of its own.
PIECE = 1 << 18
MESSAGES = {"AuthenticationFailed": "Server failed to authenticate the request. Make sure the value of Authorization "
                                    "header is formed correctly including the signature.",
            "BlobNotFound": "The specified blob does not exist.",
            "CannotVerifyCopySource": "Could not verify the copy source.",
            "InvalidBlockList": "The specified block list is invalid.",
            "InvalidRange": "The range specified is invalid for the current size of the resource.",
            "SourceConditionNotMet": "The source condition specified using HTTP conditional header(s) is not met."}


def no(status, code):
    return refusal(status, code, MESSAGES[code])


class AzureProxy(StandIn):
    rules = "servers.azure_proxy:AzureRules"
    knows = ("port", "endpoint", "account", "key")

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}/{self.behind.account}"

    account = property(lambda self: self.behind.account)
    key = property(lambda self: self.behind.key)
    ask = AzuriteServer.ask

    def environment(self):
        return {**self.behind.environment(), "AZURE_STORAGE_ENDPOINT": self.endpoint, "AZURE_TEST_STRICT": "1"}


class AzureRules(Rules):
    """`ahead_s`: of its clock, of this machine's. `pend_every`: so many copies one goes on after its reply; 0: none."""

    def __init__(self, behind):
        super().__init__(behind)
        self.ahead_s, self.pend_every, self.counter = 0, 3, itertools.count(1)
        self.changing, self.staged, self.pending = threading.Lock(), {}, set()

    # What HTTP says of both sides.

    def authorise(self, method, target, headers, body):
        lower = {name.lower(): value for name, value in headers.items()}
        given = lower.get("authorization")
        if given is None:
            return  # By its URL, of which the server behind is the judge.
        try:
            seconds = email.utils.parsedate_to_datetime(lower.get("x-ms-date", "")).timestamp()
        except ValueError:
            raise no(403, "AuthenticationFailed") from None
        if abs(time.time() + self.ahead_s - seconds) > SKEW_MAX_S:
            raise no(403, "AuthenticationFailed")
        server = self.behind
        if given.startswith("SharedKey ") and given != shared_key.authorization(
                method, target, headers, server["account"], server["key"], len(body)):
            raise no(403, "AuthenticationFailed")

    def signed(self, method, target, headers):
        return headers

    def refused(self, why):
        return [("Content-Type", "application/xml"), ("x-ms-error-code", why.code),
                ("x-ms-request-id", str(uuid.uuid4())), ("Date", self.date())]

    def date(self):
        return email.utils.formatdate(time.time() + self.ahead_s, usegmt=True)

    # What is done with a request.

    def judge(self, method, target, headers, body):
        lower = {name.lower(): value for name, value in headers.items()}
        path, _, query = target.partition("?")
        asked = urllib.parse.parse_qs(query, keep_blank_values=True)
        what = asked.get("comp", [""])[0] if method == "PUT" else None
        if what == "block" and "x-ms-copy-source" in lower:
            reply = self.put_block_from_url(target, lower)
        else:
            if what == "blocklist":
                self.refuse_discarded(path, body)
            reply = self.ask(method, target, headers, body)
        status, fields, content = reply
        if status == 403 and dict(fields).get("x-ms-error-code") == "AuthorizationFailure":
            raise no(403, "AuthenticationFailed")  # Of a signature in a URL.
        if method in ("GET", "HEAD") and not query:
            self.refuse_what_azure_would(method, path, status, dict(fields), lower)
            if method == "HEAD":
                fields = self.still_pending(path, fields)
        if status < 300 and what is not None:
            fields = self.changed(path, what, asked, lower, fields)
        return status, [(name, self.date() if name.lower() == "date" else value) for name, value in fields], content

    def refuse_what_azure_would(self, method, path, status, fields, lower):
        if status == 206 and (empty := re.match(r"bytes (\d+)-(\d+)/", fields.get("content-range", ""))):
            if int(empty[1]) > int(empty[2]):
                raise no(416, "InvalidRange")
        if status == 412 and "if-match" in lower:
            sent = shared_key.signed("HEAD", path, {"Host": lower["host"]}, self.behind["account"], self.behind["key"])
            if self.ask("HEAD", path, sent)[0] == 404:
                raise no(404, "BlobNotFound")

    def refuse_discarded(self, path, body):
        with self.changing:
            known = self.staged.get(path, set())
        for block in re.findall(rb"<Uncommitted>\s*([^<]*?)\s*</Uncommitted>", body):
            if base64.b64decode(block) not in known:
                raise no(400, "InvalidBlockList")

    def changed(self, path, what, asked, lower, fields):
        """Remembers what a request that succeeded did. Returns: the fields of its reply."""
        with self.changing:
            if what == "block":
                self.staged.setdefault(path, set()).add(base64.b64decode(asked["blockid"][0]))
            elif what in ("", "blocklist"):
                self.staged.pop(path, None)
                self.pending.discard(path)
        is_copy = what == "" and "x-ms-copy-source" in lower and "x-ms-requires-sync" not in lower
        if is_copy and self.pend_every and next(self.counter) % self.pend_every == 0:
            with self.changing:
                self.pending.add(path)
            return as_pending(fields)
        return fields

    def still_pending(self, path, fields):
        """A copy is over after it was asked for once."""
        with self.changing:
            if path not in self.pending:
                return fields
            self.pending.remove(path)
        return as_pending(fields)

    # Put Block From URL.

    def put_block_from_url(self, target, lower):
        source = urllib.parse.urlsplit(lower["x-ms-copy-source"])
        if source.netloc != lower["host"]:
            raise no(404, "CannotVerifyCopySource")
        asks = {"Host": source.netloc, "x-ms-version": lower["x-ms-version"]}
        if "x-ms-source-range" in lower:
            asks["x-ms-range"] = lower["x-ms-source-range"]
        if "x-ms-source-if-match" in lower:
            asks["If-Match"] = lower["x-ms-source-if-match"]
        fetching = http.client.HTTPConnection("127.0.0.1", self.behind["port"], timeout=120)
        try:
            # With nothing but what its URL brings along: the server behind judges the signature in it.
            fetching.request("GET", f"{source.path}?{source.query}", headers=asks)
            got = fetching.getresponse()
            if got.status == 412:
                raise no(412, "SourceConditionNotMet")
            if got.status not in (200, 206):
                raise no(got.status if got.status != 416 else 400,
                         "CannotVerifyCopySource" if got.status != 416 else "InvalidRange")
            first, last = re.fullmatch(r"bytes=(\d+)-(\d+)", lower.get("x-ms-source-range", "bytes=0-0")).groups()
            size = int(got.getheader("Content-Length"))
            if "x-ms-source-range" in lower and size != int(last) - int(first) + 1:
                raise no(400, "InvalidRange")
            return self.put_block(target, lower, got, size)
        finally:
            fetching.close()

    def put_block(self, target, lower, content, size):
        """As whoever asked: with the account's key, or by what the URL brings along."""
        headers = {"Host": lower["host"], "x-ms-version": lower["x-ms-version"],
                   "Content-Type": "application/octet-stream"}
        if "x-ms-lease-id" in lower:
            headers["x-ms-lease-id"] = lower["x-ms-lease-id"]
        if "authorization" in lower:
            headers = shared_key.signed("PUT", target, headers, self.behind["account"], self.behind["key"], size)
        connection = self.connection()
        connection.blocksize = PIECE
        try:
            connection.request("PUT", target, content, {**headers, "Content-Length": str(size)})
            reply = connection.getresponse()
            return reply.status, reply.getheaders(), reply.read()
        except BaseException:
            connection.close()
            raise


def as_pending(fields):
    now = {"x-ms-copy-status": "pending", "etag": PENDING}
    return [(name, now.get(name.lower(), value)) for name, value in fields]
