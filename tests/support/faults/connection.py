"""One connection of a client: its requests one after the other, passed on or broken, over one connection to the server."""

import asyncio
import functools
import json
import re

from servers import passing
from servers.message import Broken, Request, body_pieces, read_head

from . import answers


class Connection(passing.Connection):
    def __init__(self, proxy, reader, writer):
        super().__init__(proxy.to, reader, writer)
        self.proxy = proxy

    async def one(self):
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
            self.proxy.hanging += 1
            try:
                await self.reader.read()
            finally:
                self.proxy.hanging -= 1
            raise Broken
        if fault == "delay":
            await asyncio.sleep(rule.seconds)
        if fault == "unconditional":
            request.without(rule.headers)
        carried_out = fault in ("-", "lost", "drop", "truncated", "flipped", "delay", "slow", "unconditional")
        if fault == "skewed":
            carried_out = not answers.is_too_far(request, rule.seconds)
        if fault in ("unconditional", "skewed") or request.token is not None:
            request.sign()
        if carried_out or fault.endswith("-lost"):
            return await self.pass_on(request, functools.partial(self.bring_back_broken, rule, fault, entry))
        await self.swallow(request)
        entry[3] = await self.answer(request, rule, fault)
        return request.keeps

    async def swallow(self, request):
        self.ask_for_body(request)
        async for _ in body_pieces(self.reader, request):
            pass

    def sent(self, piece):
        self.proxy.counts["bytes_up"] += len(piece)

    async def answer(self, request, rule, fault):
        """Answers instead of the server. Returns the status."""
        status, head, body = answers.reply(request, rule, fault)
        await self.send(head, b"" if request.method == "HEAD" else body)
        return status

    async def bring_back_broken(self, rule, fault, entry, reader, request, reply):
        entry[3] = reply.status
        if fault in ("lost", "drop") or fault.endswith("-lost"):
            if reply.has_body:
                async for _ in body_pieces(reader, reply):
                    pass
            if fault in ("lost", "drop"):
                raise Broken(reset=fault == "lost")
            await self.answer(request, rule, fault)
            return
        if fault == "skewed":
            reply.replace("Date", answers.date(rule.seconds))
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
        text = (await self.body_of(request)).decode()
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
            body = json.dumps({"requests": 0, "bytes_up": 0, "bytes_down": 0, "hanging": proxy.hanging, **proxy.counts,
                               "faults": dict(proxy.faults)}).encode() + b"\n"
        await self.send(f"HTTP/1.1 {status} Administration\r\nContent-Length: {len(body)}\r\n\r\n".encode(), body)
        return request.keeps
