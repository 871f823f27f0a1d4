"""One connection of a client: its requests one after the other, passed on or broken, over one connection to the server."""

import asyncio
import datetime
import email.utils
import json
import re

from .message import Broken, Reply, Request, body_pieces, read_head


SKEW_MAX_S = 900  # Source: Amazon S3 API Reference, RequestTimeTooSkewed.


def clock(ahead_s):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=ahead_s)


def is_too_far(request, ahead_s):
    """Whether the request was signed at a time that is not the server's."""
    signed_at = datetime.datetime.strptime(request.header("x-amz-date"), "%Y%m%dT%H%M%SZ")
    return abs((clock(ahead_s).replace(tzinfo=None) - signed_at).total_seconds()) > SKEW_MAX_S


def s3_error(status, code, message, target, fields=()):
    path = target.split("?")[0].replace("&", "&amp;").replace("<", "&lt;")
    body = (f"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>"
            f"<Resource>{path}</Resource><RequestId>FAULTPROXY</RequestId></Error>").encode()
    head = [f"HTTP/1.1 {status} Fault", "Content-Type: application/xml", f"Content-Length: {len(body)}",
            "x-amz-request-id: FAULTPROXY", *fields, "", ""]
    return "\r\n".join(head).encode(), body


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
        carried_out = fault in ("-", "lost", "drop", "truncated", "flipped", "delay", "slow", "unconditional")
        if fault == "skewed":
            carried_out = not is_too_far(request, rule.seconds)
        if fault in ("unconditional", "skewed") or request.token is not None:
            request.sign()
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
            status, code, why = 400, "ExpiredToken", "The provided token has expired."
        elif fault == "skewed":
            status, code, why = 403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."
        elif fault == "503":
            status, code, why = 503, "SlowDown", "Please reduce your request rate."
        else:
            status, code, why = int(fault[:3]), "InternalError", "We encountered an internal error. Please try again."
        fields = [f"Retry-After: {rule.retry_after}"] if rule.retry_after else []
        if fault == "skewed":
            fields.append(f"Date: {email.utils.format_datetime(clock(rule.seconds), usegmt=True)}")
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
        if fault == "skewed":
            reply.replace("Date", email.utils.format_datetime(clock(rule.seconds), usegmt=True))
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
