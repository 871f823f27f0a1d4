"""Connections that pass through a proxy, byte for byte unless it says otherwise, so that signatures hold: the client signs
the proxy's own Host."""

import asyncio
import signal
import socket
import struct
import sys

from .message import Broken, Reply, Request, body_pieces, read_head

HEAD_MAX = 1 << 20


class Connection:
    """One connection of a client: requests one after the other, with a connection of its own to the server behind, which
    is at `to`. What derives from it says what happens to `one` request."""

    def __init__(self, to, reader, writer):
        self.to, self.reader, self.writer = to, reader, writer
        self.server = None

    async def one(self):
        """Serves one request. Returns whether another may follow."""
        return await self.pass_on(Request(await read_head(self.reader)))

    async def serve(self):
        reset = False
        try:
            while await self.one():
                pass
        except Broken as broken:
            reset = broken.reset
        except (OSError, asyncio.IncompleteReadError, ValueError, asyncio.CancelledError):
            pass  # The last one is the end of the proxy.
        finally:
            self.leave_server()
            if reset:
                raw = self.writer.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.writer.transport.abort()
            else:
                self.writer.close()

    async def send(self, *pieces):
        for piece in pieces:
            self.writer.write(piece)
        await self.writer.drain()

    def ask_for_body(self, request):
        """The client waits for that; the server behind then needs no asking."""
        if (request.header("expect") or "").lower() == "100-continue":
            self.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.without({"expect"})

    async def body_of(self, request):
        """All of it."""
        self.ask_for_body(request)
        return b"".join([piece async for piece in body_pieces(self.reader, request)])

    async def to_server(self):
        if self.server is None:
            self.server = await asyncio.open_connection(*self.to, limit=HEAD_MAX)
        return self.server

    def leave_server(self):
        if self.server is not None:
            self.server[1].close()
            self.server = None

    def sent(self, piece):
        """Told of each piece of a request's body that passes."""

    async def pass_on(self, request, bring_back=None):
        """Sends a request on, and its reply back as `bring_back(reader, request, reply)` does it."""
        fresh = self.server is None
        try:
            reader, writer = await self.to_server()
            self.ask_for_body(request)
            writer.write(request.bytes())
            async for piece in body_pieces(self.reader, request):
                self.sent(piece)
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
            return await self.pass_on(request, bring_back)
        stays = not reply.until_closed and reply.keeps
        await (bring_back or self.bring_back)(reader, request, reply)
        if not stays:
            self.leave_server()
        return stays and request.keeps

    async def bring_back(self, reader, request, reply):
        await self.send(reply.bytes())
        if reply.has_body:
            async for piece in body_pieces(reader, reply):
                await self.send(piece)


async def run(serve, port=0, stay=False):
    """Serves connections on a port of 127.0.0.1, printed as one line, until a signal, or until standard input ends,
    unless it is to `stay`."""
    server = await asyncio.start_server(serve, "127.0.0.1", port, limit=HEAD_MAX, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    if not stay:
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
