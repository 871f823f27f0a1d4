"""HTTP/1.1 as it passes through: heads that keep every byte of their fields, and bodies in pieces."""

import asyncio
import os

from . import shared_key, sigv4

PIECE = 1 << 16


class Broken(Exception):
    """The connection must end, maybe by a reset."""

    def __init__(self, reset=False):
        super().__init__()
        self.reset = reset


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

    def replace(self, name, value):
        wanted = name.lower().encode() + b":"
        self.lines = [f"{name}: {value}".encode() if line.lower().startswith(wanted) else line for line in self.lines]

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

    @property
    def keeps(self):
        """Whether the connection stays."""
        return (self.header("connection") or "").lower() != "close"

    def fields(self):
        return {name: value.strip() for name, value in (line.decode("latin-1").split(":", 1) for line in self.lines)}


class Request(Message):
    def __init__(self, head):
        super().__init__(head)
        method, target, _ = self.first.decode("latin-1").split(" ", 2)
        self.method, self.target = method, target

    @property
    def token(self):
        """Of credentials that are lent for a time."""
        return self.header("x-amz-security-token")

    @property
    def is_azures(self):
        return self.header("x-ms-version") is not None

    @property
    def url(self):
        return f"http://{self.header('host')}{self.target}"

    def sign(self):
        """As the server behind wants it: with keys that it knows, at its own time, without a token."""
        names = (("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY") if self.is_azures else
                 ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"))
        keys = [os.environ.get(name) for name in names]
        if None in keys or self.header("authorization") is None:
            return
        made = (shared_key.signed(self.method, self.url, self.fields(), *keys, self.length) if self.is_azures else
                sigv4.signed(self.method, self.url, self.fields(), *keys))
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
