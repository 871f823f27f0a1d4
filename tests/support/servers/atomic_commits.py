"""S3's promise of atomic conditional writes, in front of a server that does not keep it.

SeaweedFS 4.48 looks at the condition of a CompleteMultipartUpload first and puts the object in place later: of eight
that name one ETag, two or more succeed in every second round. S3 lets exactly one succeed. So tests in which several
writers race for one object go through here: the requests that change an object pass one after the other. Source:
docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html.
"""

import collections
import contextlib
import threading
import urllib.parse

from .stand_in import Rules, StandIn


class AtomicCommits(StandIn):
    rules = "servers.atomic_commits:AtomicRules"


class AtomicRules(Rules):
    def __init__(self, behind):
        super().__init__(behind)
        self.changing, self.locks = collections.defaultdict(threading.Lock), threading.Lock()

    def alone(self, method, target):
        """A context in which no other request changes the object that this one changes."""
        path, _, query = target.partition("?")
        changes = method in ("PUT", "POST", "DELETE") and not {"uploads", "partNumber"} & parameters(query).keys()
        if not changes:
            return contextlib.nullcontext()
        with self.locks:
            return self.changing[urllib.parse.unquote(path)]

    def ask(self, method, target, headers, body=b""):
        with self.alone(method, target):
            return super().ask(method, target, headers, body)


def parameters(query):
    return urllib.parse.parse_qs(query, keep_blank_values=True)
