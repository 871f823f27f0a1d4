#!/usr/bin/env python3
"""A proxy that breaks some of the requests which pass through it to a real HTTP server that speaks S3 or Azure Blob.

    proxy.py --to HOST:PORT [--port N] [--seed N] [--rule RULE]... [--stay]

Listens on 127.0.0.1, on a free port unless told one, prints the port as one line, and ends by a signal, or when its
standard input ends, unless it is to stay. Requests pass unchanged, byte for byte, so their signatures hold: the client
signs the proxy's own Host. With one seed and one order of requests the same requests break.

A rule is `FAULT[:PERCENT][,WORD=VALUE]...`; it applies to PERCENT (100) of the requests that it matches, and the first
rule that applies wins:

    rule             what happens                                                        reaches the server
    503              503, with a body that says SlowDown (Azure: ServerBusy)             no
    500, or any      that status, with a body that says InternalError (Azure, for 500:   no
      other status   OperationTimedOut), or what 403 says
    reset            the connection is reset before the body was read                    no
    lost             the request is carried out, and the connection reset                yes
    drop             the request is carried out, and the connection closed               yes
    500-lost         the request is carried out, and answered by 500 (or 502-lost …)     yes
    truncated        the reply's body stops half-way and the connection closes           yes
    flipped          one bit of the reply's body is another                              yes
    200-error        200 with a body that says InternalError                             no
    200-error-lost   the same, but the request is carried out                            yes
    delay            the request waits `seconds` (1)                                     yes
    slow             the reply's body comes with `rate` (100000) bytes a second          yes
    hang             the connection stays open and nothing comes                         no
    unconditional    the conditions of the request are removed: as with a server that    yes
                     ignores them; signed anew with AWS_ACCESS_KEY_ID,
                     AWS_SECRET_ACCESS_KEY and AWS_REGION, or AZURE_STORAGE_ACCOUNT_NAME
                     and AZURE_STORAGE_ACCOUNT_KEY, when they are set
    expired          400 that says ExpiredToken (Azure: 403, AuthenticationFailed)       no
    skewed           as with a server whose clock is `seconds` ahead: its replies say    if the request
                     so, and 403 RequestTimeTooSkewed (Azure: AuthenticationFailed)      says that time
                     answers requests signed for a time over 15 minutes away from it

    WORD=VALUE       method=PUT+POST      the request's method is one of these
                     target=REGEX         found in the request's target (path and query); without a comma
                     has=HEADER           the request has this header, or
                     lacks=HEADER         has not
                     token=TOKEN          the request is signed with this session token
                     skip=N count=N       not the first N matches; at most N times
                     seconds=, rate=      of `delay`, `skewed` and `slow`
                     headers=A+B          of `unconditional`: if-match+if-none-match+if-modified-since+
                                          if-unmodified-since and those of a copy's source are the default
                     retry_after=N        of a status: adds Retry-After

Requests with a session token are signed anew too: the server behind has not issued it.

The administration is in the same port, under a path that no bucket can have:

    GET  /-/faults   JSON: requests, bytes_up, bytes_down (of bodies), faults by name, and how many requests hang now
    PUT  /-/faults   the body replaces the rules: one a line, as above, `#` begins a comment; empty: none. Counts
                     start anew. `seed N` on a line of its own starts chance anew.
    GET  /-/log      the last 10,000 requests: method, target, fault or `-`, status
"""

import argparse
import asyncio
import collections
import pathlib
import random
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from faults.connection import Connection  # noqa: E402
from faults.rule import Rule  # noqa: E402
from servers import passing  # noqa: E402


class Proxy:
    def __init__(self, to, seed, rules):
        self.to = to
        self.hanging = 0
        self.log = collections.deque(maxlen=10_000)
        self.replace(rules, seed)

    def replace(self, rules, seed=None):
        parsed = [Rule(text) for text in rules]
        self.rules = parsed
        if seed is not None:
            self.chance = random.Random(seed)
        self.counts = collections.Counter()
        self.faults = collections.Counter()

    def replace_by_text(self, text):
        lines = [line.split("#")[0].strip() for line in text.splitlines()]
        seeds = [int(line.split()[1]) for line in lines if line.startswith("seed ")]
        self.replace([line for line in lines if line and not line.startswith("seed ")], seeds[-1] if seeds else None)

    def pick(self, request):
        self.counts["requests"] += 1
        for rule in self.rules:
            if rule.applies(request, self.chance):
                self.faults[rule.fault] += 1
                return rule
        return None

    async def serve(self, reader, writer):
        await Connection(self, reader, writer).serve()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", required=True, metavar="HOST:PORT")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rule", action="append", default=[])
    parser.add_argument("--stay", action="store_true", help="do not end with the standard input")
    given = parser.parse_args()
    host, _, port = given.to.rpartition(":")
    proxy = Proxy((host.strip("[]"), int(port)), given.seed, given.rule)
    asyncio.run(passing.run(proxy.serve, given.port, given.stay))


if __name__ == "__main__":
    main()
