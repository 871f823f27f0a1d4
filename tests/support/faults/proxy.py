#!/usr/bin/env python3
"""A proxy that breaks some of the requests which pass through it to a real HTTP server, such as one that speaks S3.

    proxy.py --to HOST:PORT [--port N] [--seed N] [--rule RULE]... [--stay]

Listens on 127.0.0.1, on a free port unless told one, prints the port as one line, and ends by a signal, or when its
standard input ends, unless it is to stay. Requests pass unchanged, byte for byte, so their signatures hold: the client
signs the proxy's own Host. With one seed and one order of requests the same requests break.

A rule is `FAULT[:PERCENT][,WORD=VALUE]...`; it applies to PERCENT (100) of the requests that it matches, and the first
rule that applies wins:

    rule             what happens                                                        reaches the server
    503              503, with an S3 body that says SlowDown                             no
    500, or any      that status, with an S3 body that says InternalError                no
      other status
    reset            the connection is reset before the body was read                    no
    lost             the request is carried out, and the connection reset                yes
    drop             the request is carried out, and the connection closed               yes
    500-lost         the request is carried out, and answered by 500 (or 502-lost …)     yes
    truncated        the reply's body stops half-way and the connection closes           yes
    flipped          one bit of the reply's body is another                              yes
    200-error        200 with an S3 body that says InternalError                         no
    200-error-lost   the same, but the request is carried out                            yes
    delay            the request waits `seconds` (1)                                     yes
    slow             the reply's body comes with `rate` (100000) bytes a second          yes
    hang             the connection stays open and nothing comes                         no
    unconditional    the conditions of the request are removed: as with a server that    yes
                     ignores them; signed anew with AWS_ACCESS_KEY_ID,
                     AWS_SECRET_ACCESS_KEY and AWS_REGION, when they are set
    expired          403 that says ExpiredToken                                          no

    WORD=VALUE       method=PUT+POST      the request's method is one of these
                     target=REGEX         found in the request's target (path and query); without a comma
                     has=HEADER           the request has this header
                     skip=N count=N       not the first N matches; at most N times
                     seconds=, rate=      of `delay` and `slow`
                     headers=A+B          of `unconditional`: if-match+if-none-match+if-modified-since+
                                          if-unmodified-since and the x-amz-copy-source- ones are the default
                     retry_after=N        of a status: adds Retry-After

The administration is in the same port, under a path that no bucket can have:

    GET  /-/faults   JSON: requests, bytes_up, bytes_down (of bodies), faults by name
    PUT  /-/faults   the body replaces the rules: one a line, as above, `#` begins a comment; empty: none. Counts
                     start anew. `seed N` on a line of its own starts chance anew.
    GET  /-/log      the last 10,000 requests: method, target, fault or `-`, status
"""

import argparse
import asyncio
import collections
import json
import os
import pathlib
import random
import re
import signal
import socket
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from servers.sigv4 import signed  # noqa: E402

CONDITIONS = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
COPY_CONDITIONS = tuple("x-amz-copy-source-" + name for name in CONDITIONS)
PIECE = 1 << 16
WORDS = {"method", "target", "has", "skip", "count", "seconds", "rate", "headers", "retry_after"}
FAULTS = {"reset", "lost", "drop", "truncated", "flipped", "200-error", "200-error-lost", "delay", "slow", "hang",
          "unconditional", "expired"}


class Broken(Exception):
    """The connection must end, maybe by a reset."""

    def __init__(self, reset=False):
        super().__init__()
        self.reset = reset


class Rule:
    def __init__(self, text):
        first, *more = text.split(",")
        self.fault, _, percent = first.partition(":")
        self.percent = float(percent or 100)
        words = dict(word.split("=", 1) for word in more)
        if self.fault not in FAULTS and not re.fullmatch(r"[345]\d\d(-lost)?", self.fault):
            raise ValueError(f"no fault '{self.fault}'")
        if words.keys() - WORDS:
            raise ValueError(f"no word '{(words.keys() - WORDS).pop()}'")
        self.methods = set(words.get("method", "").split("+")) - {""}
        self.target = re.compile(words.get("target", ""))
        self.has = words.get("has", "").lower()
        self.skip, self.count = int(words.get("skip", 0)), int(words.get("count", -1))
        self.seconds, self.rate = float(words.get("seconds", 1)), int(words.get("rate", 100_000))
        self.headers = words.get("headers", "+".join(CONDITIONS + COPY_CONDITIONS)).lower().split("+")
        self.retry_after = words.get("retry_after")

    def applies(self, request, chance):
        if self.methods and request.method not in self.methods or not self.target.search(request.target):
            return False
        if self.has and request.header(self.has) is None or self.count == 0:
            return False
        if chance.random() * 100 >= self.percent:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.count -= 1
        return True


class Message:
    """The head of a request or a reply: its first line and its fields as they came."""

    def __init__(self, head):
        self.first, *self.lines = head[:-4].split(b"\r\n")

    def header(self, name):
        wanted = name.encode() + b":"
        for line in self.lines:
            if line.lower().startswith(wanted):
                return line.split(b":", 1)[1].strip().decode("latin-1")
        return None

    def without(self, names):
        self.lines = [line for line in self.lines if line.split(b":", 1)[0].lower().decode() not in names]

    def bytes(self):
        return b"\r\n".join([self.first, *self.lines, b"", b""])

    @property
    def chunked(self):
        return (self.header("transfer-encoding") or "").lower() == "chunked"

    @property
    def length(self):
        return int(self.header("content-length") or 0)


class Request(Message):
    def __init__(self, head):
        super().__init__(head)
        method, target, _ = self.first.decode("latin-1").split(" ", 2)
        self.method, self.target = method, target

    def sign(self):
        keys = [os.environ.get(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION")]
        if None in keys or self.header("authorization") is None:
            return
        fields = dict(line.decode("latin-1").split(":", 1) for line in self.lines)
        fields = {name: value.strip() for name, value in fields.items()}
        made = signed(self.method, f"http://{self.header('host')}{self.target}", fields, *keys)
        self.lines = [f"{name}: {value}".encode("latin-1") for name, value in made.items()]


class Reply(Message):
    def __init__(self, head, method):
        super().__init__(head)
        self.status = int(self.first.split(b" ")[1])
        self.has_body = method != "HEAD" and self.status not in (204, 304) and self.status >= 200
        self.until_closed = self.has_body and not self.chunked and self.header("content-length") is None


async def read_head(reader):
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError) as gone:
        raise Broken from gone


async def body_pieces(reader, message):
    """Yields a body as it came, with the framing of chunks."""
    if message.chunked:
        while True:
            line = await reader.readuntil(b"\r\n")
            size = int(line.split(b";")[0], 16)
            yield line
            if size == 0:
                while line != b"\r\n":
                    line = await reader.readuntil(b"\r\n")
                    yield line
                return
            left = size + 2
            while left:
                piece = await reader.read(min(left, PIECE))
                if not piece:
                    raise Broken
                left -= len(piece)
                yield piece
        return
    left = message.length
    endless = getattr(message, "until_closed", False)
    while left or endless:
        piece = await reader.read(PIECE if endless else min(left, PIECE))
        if not piece:
            if endless:
                return
            raise Broken
        left -= len(piece)
        yield piece


def s3_error(status, code, message, target, fields=()):
    path = target.split("?")[0].replace("&", "&amp;").replace("<", "&lt;")
    body = (f"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>"
            f"<Resource>{path}</Resource><RequestId>FAULTPROXY</RequestId></Error>").encode()
    head = [f"HTTP/1.1 {status} Fault", "Content-Type: application/xml", f"Content-Length: {len(body)}",
            "x-amz-request-id: FAULTPROXY", *fields, "", ""]
    return "\r\n".join(head).encode(), body


class Proxy:
    def __init__(self, to, seed, rules):
        self.to = to
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

    # One connection: requests one after the other, with a connection of its own to the server behind.
    async def serve(self, reader, writer):
        connection = Connection(self, reader, writer)
        reset = False
        try:
            while await connection.one():
                pass
        except Broken as broken:
            reset = broken.reset
        except (OSError, asyncio.IncompleteReadError, ValueError, asyncio.CancelledError):
            pass  # The last one is the end of the proxy.
        finally:
            connection.leave_server()
            if reset:
                raw = writer.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            else:
                writer.close()


class Connection:
    def __init__(self, proxy, reader, writer):
        self.proxy, self.reader, self.writer = proxy, reader, writer
        self.server = None

    def leave_server(self):
        if self.server is not None:
            self.server[1].close()
            self.server = None

    async def one(self):
        """Serves one request. Returns whether another may follow."""
        request = Request(await read_head(self.reader))
        if request.target.startswith("/-/"):
            return await self.administer(request)
        rule = self.proxy.pick(request)
        fault = rule.fault if rule else "-"
        entry = [request.method, request.target, fault, 0]
        self.proxy.log.append(entry)
        if fault == "reset":
            raise Broken(reset=True)
        if fault == "hang":
            await self.swallow(request)
            await self.reader.read()
            raise Broken
        if fault == "delay":
            await asyncio.sleep(rule.seconds)
        if fault == "unconditional":
            request.without(rule.headers)
            request.sign()
        carried_out = fault in ("-", "lost", "drop", "truncated", "flipped", "delay", "slow", "unconditional")
        if carried_out or fault.endswith("-lost"):
            return await self.pass_on(request, rule, fault, entry)
        await self.swallow(request)
        entry[3] = await self.answer(request, rule, fault)
        return self.keeps(request)

    @staticmethod
    def keeps(message):
        return (message.header("connection") or "").lower() != "close"

    async def swallow(self, request):
        if (request.header("expect") or "").lower() == "100-continue":
            self.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        async for _ in body_pieces(self.reader, request):
            pass

    async def send(self, *pieces):
        for piece in pieces:
            self.writer.write(piece)
        await self.writer.drain()

    async def answer(self, request, rule, fault):
        """Answers instead of the server. Returns the status."""
        if fault.startswith("200-error"):
            status, code, why = 200, "InternalError", "We encountered an internal error. Please try again."
        elif fault == "expired":
            status, code, why = 403, "ExpiredToken", "The provided token has expired."
        elif fault == "503":
            status, code, why = 503, "SlowDown", "Please reduce your request rate."
        else:
            status, code, why = int(fault[:3]), "InternalError", "We encountered an internal error. Please try again."
        fields = [f"Retry-After: {rule.retry_after}"] if rule.retry_after else []
        head, body = s3_error(status, code, why, request.target, fields)
        await self.send(head, b"" if request.method == "HEAD" else body)
        return status

    async def to_server(self):
        if self.server is None:
            self.server = await asyncio.open_connection(*self.proxy.to, limit=1 << 20)
        return self.server

    async def pass_on(self, request, rule, fault, entry):
        fresh = self.server is None
        try:
            reader, writer = await self.to_server()
            # The body is asked for here, once the server behind is reached: it then needs no asking.
            if (request.header("expect") or "").lower() == "100-continue":
                self.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                request.without({"expect"})
            writer.write(request.bytes())
            async for piece in body_pieces(self.reader, request):
                self.proxy.counts["bytes_up"] += len(piece)
                writer.write(piece)
                await writer.drain()
            reply = Reply(await read_head(reader), request.method)
            while reply.status < 200:
                reply = Reply(await read_head(reader), request.method)
        except (Broken, OSError):
            # A kept connection that the server has closed meanwhile; without a body the request can go once more.
            self.leave_server()
            if fresh or request.length or request.chunked:
                raise
            return await self.pass_on(request, rule, fault, entry)
        entry[3] = reply.status
        stays = not reply.until_closed and self.keeps(reply)
        await self.bring_back(reader, request, reply, rule, fault)
        if not stays:
            self.leave_server()
        return stays and self.keeps(request)

    async def bring_back(self, reader, request, reply, rule, fault):
        if fault in ("lost", "drop") or fault.endswith("-lost"):
            if reply.has_body:
                async for _ in body_pieces(reader, reply):
                    pass
            if fault in ("lost", "drop"):
                raise Broken(reset=fault == "lost")
            await self.answer(request, rule, fault)
            return
        await self.send(reply.bytes())
        if not reply.has_body:
            return
        sent, half, flipped = 0, reply.length // 2, False
        async for piece in body_pieces(reader, reply):
            if fault == "truncated" and (reply.chunked or sent + len(piece) >= half):
                await self.send(piece[:max(half - sent, 0)] if not reply.chunked else b"")
                self.leave_server()
                raise Broken
            if fault == "flipped" and not flipped and not reply.chunked:
                piece, flipped = bytes([piece[0] ^ 1]) + piece[1:], True
            self.proxy.counts["bytes_down"] += len(piece)
            sent += len(piece)
            await self.send(piece)
            if fault == "slow":
                await asyncio.sleep(len(piece) / rule.rate)

    async def administer(self, request):
        text = b"".join([piece async for piece in body_pieces(self.reader, request)]).decode()
        status, proxy = 200, self.proxy
        if request.method == "PUT":
            try:
                proxy.replace_by_text(text)
                body = b"{}\n"
            except (ValueError, re.error) as wrong:
                status, body = 400, f"{wrong}\n".encode()
        elif request.target == "/-/log":
            body = "".join(f"{method} {target} {fault} {code}\n" for method, target, fault, code in proxy.log).encode()
        else:
            body = json.dumps({"requests": 0, "bytes_up": 0, "bytes_down": 0, **proxy.counts,
                               "faults": dict(proxy.faults)}).encode() + b"\n"
        await self.send(f"HTTP/1.1 {status} Administration\r\nContent-Length: {len(body)}\r\n\r\n".encode(), body)
        return self.keeps(request)


async def run(arguments):
    host, _, port = arguments.to.rpartition(":")
    proxy = Proxy((host.strip("[]"), int(port)), arguments.seed, arguments.rule)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", arguments.port, limit=1 << 20, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    if not arguments.stay:
        await loop.connect_read_pipe(lambda: EndOfInput(done), sys.stdin)
    await done.wait()
    server.close()


class EndOfInput(asyncio.Protocol):
    def __init__(self, done):
        self.done = done

    def connection_lost(self, _):
        self.done.set()

    def eof_received(self):
        self.done.set()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", required=True, metavar="HOST:PORT")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rule", action="append", default=[])
    parser.add_argument("--stay", action="store_true", help="do not end with the standard input")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
