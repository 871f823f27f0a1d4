#!/usr/bin/env python3
"""An HTTP/1.1 server that misbehaves on demand, for the tests of the client. One thread a connection.

    server.py [--tls DIRECTORY]

Listens on a free port of 127.0.0.1, prints it as one line, and ends when its standard input does. With --tls it makes
itself a certificate in DIRECTORY, where ca.pem is then what vouches for it. What a request's path asks for:

    /bytes/N                N bytes: byte i is i % 251
    /echo                   JSON: method, target, headers, size and SHA-256 of the body; chunked with ?chunked
    /status/CODE            that status, with the headers in the query and `body=TEXT`
    /chunked/N              N bytes in chunks of 1000, as /bytes
    /slow/N?rate=R          N bytes, R a second
    /stall/N?after=M        announces N bytes, sends M, and then nothing more
    /truncated/N?after=M    announces N bytes, sends M, closes
    /chunks_cut/N           N bytes in a chunk, closes before the last one
    /reset_body/N?after=M   announces N bytes, sends M, resets
    /late/S                 reads the request and answers "done" S seconds later
    /hang                   reads the request and does not answer
    /drop                   reads the request and closes
    /reset                  reads the request and resets
    /reset_early            resets without reading the body
    /garbage                answers what is not HTTP
    /slow_read?rate=R       reads the body at R bytes a second, then as /echo
    /refuse_body?status=S   answers S instead of 100 Continue
    /once_then_dead/PATH    as /PATH, but takes the next request on this connection and closes without an answer
    /sequence/NAME?steps=A,B,C   the first request as /A, the second as /B, the last step for all others; steps are
                            names above with `:` for `/`, or a status
    /seen/NAME              how often a sequence was asked, as text
    /stats                  JSON: connections, requests, most connections at once
"""

import hashlib
import json
import pathlib
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import urllib.parse

PATTERN = bytes(i % 251 for i in range(251 * 4096))
TCP_ESTABLISHED = 1  # Source: netinet/tcp.h.


class Stats:
    def __init__(self):
        self.lock = threading.Lock()
        self.connections = self.open_max = self.requests = 0
        self.open = set()
        self.seen = {}

    def connected(self, stream):
        """Counts a connection among those that are open: of one that the client has left, its thread may not know yet."""
        with self.lock:
            self.connections += 1
            self.open.add(stream)
            self.open_max = max(self.open_max, sum(is_established(one) for one in self.open))

    def disconnected(self, stream):
        with self.lock:
            self.open.discard(stream)


def is_established(stream):
    # Source: tcp(7), struct tcp_info, whose first byte is the state.
    return stream.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == TCP_ESTABLISHED


stats = Stats()


class Gone(Exception):
    """The connection is over."""


def pattern(start, count):
    shift = start % 251
    return PATTERN[shift:shift + count]


class Connection:
    def __init__(self, stream):
        self.stream = stream
        self.buffered = b""
        self.dying = False

    # What comes in.
    def line(self):
        while b"\r\n" not in self.buffered:
            more = self.stream.recv(65536)
            if not more:
                raise Gone
            self.buffered += more
        line, self.buffered = self.buffered.split(b"\r\n", 1)
        return line.decode("latin-1")

    def some(self, limit):
        if not self.buffered:
            self.buffered = self.stream.recv(min(limit, 1 << 20))
            if not self.buffered:
                raise Gone
        piece, self.buffered = self.buffered[:limit], self.buffered[limit:]
        return piece

    def body(self, rate=None):
        """Yields the pieces of the request's body, asking for it when the client waits for that."""
        if self.headers.get("expect", "").lower() == "100-continue":
            self.stream.sendall(b"HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n")
        left = int(self.headers.get("content-length", 0))
        while left:
            piece = self.some(min(left, rate // 20) if rate else left)
            if rate:
                time.sleep(len(piece) / rate)
            left -= len(piece)
            yield piece

    def read_body(self):
        for _ in self.body():
            pass

    # What goes out.
    def head(self, status, *lines):
        text = "".join(line + "\r\n" for line in (f"HTTP/1.1 {status} Whatever", *lines, ""))
        self.stream.sendall(text.encode("latin-1"))

    def reply(self, status, body=b"", *lines):
        if self.method == "HEAD" or status in (204, 304):
            self.head(status, *(lines if status in (204, 304) else (f"Content-Length: {len(body)}", *lines)))
        else:
            self.head(status, f"Content-Length: {len(body)}", *lines)
            self.stream.sendall(body)

    def send_bytes(self, count, rate=None):
        sent = 0
        while sent < count:
            step = min(count - sent, 251 * 4000, max(rate // 20, 1) if rate else count)
            self.stream.sendall(pattern(sent, step))
            sent += step
            if rate:
                time.sleep(step / rate)

    def reset(self):
        raw = self.stream
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone

    def until_gone(self):
        self.stream.settimeout(60)
        while self.stream.recv(65536):
            pass
        raise Gone

    # One request.
    def serve(self):
        while True:
            self.method, self.target, _ = self.line().split(" ", 2)
            self.headers, self.raw_headers = {}, []
            while (line := self.line()) != "":
                name, value = line.split(":", 1)
                self.headers[name.lower()] = value.strip()
                self.raw_headers.append([name, value.strip()])
            with stats.lock:
                stats.requests += 1
            if self.dying:
                self.read_body()
                raise Gone
            split = urllib.parse.urlsplit(self.target)
            self.query = dict(urllib.parse.parse_qsl(split.query, keep_blank_values=True))
            self.run(split.path.strip("/").split("/"))
            if self.headers.get("connection", "").lower() == "close":
                raise Gone

    def run(self, words):
        if words[0].isdigit():
            words = ["status", *words]
        getattr(self, "do_" + words[0], self.do_echo)(*words[1:])

    def do_bytes(self, count):
        self.read_body()
        self.head(200, f"Content-Length: {count}")
        if self.method != "HEAD":
            self.send_bytes(int(count))

    def do_echo(self, *_, rate=None):
        digest, size = hashlib.sha256(), 0
        for piece in self.body(rate):
            digest.update(piece)
            size += len(piece)
        text = json.dumps({"method": self.method, "target": self.target, "headers": self.raw_headers, "size": size,
                           "sha256": digest.hexdigest()}).encode()
        self.reply(200, text, "Content-Type: application/json")

    def do_status(self, code):
        self.read_body()
        lines = [f"{name}: {value}" for name, value in self.query.items() if name not in ("body", "steps")]
        self.reply(int(code), self.query.get("body", "").encode(), *lines)

    def do_chunked(self, count):
        self.read_body()
        self.head(200, "Transfer-Encoding: chunked")
        sent, count = 0, int(count)
        while sent < count:
            step = min(1000, count - sent)
            self.stream.sendall(b"%x\r\n%b\r\n" % (step, pattern(sent, step)))
            sent += step
        self.stream.sendall(b"0\r\n\r\n")

    def do_chunks_cut(self, count):
        self.read_body()
        self.head(200, "Transfer-Encoding: chunked")
        self.stream.sendall(b"%x\r\n%b\r\n" % (int(count), pattern(0, int(count))))
        raise Gone

    def do_slow(self, count):
        self.read_body()
        self.head(200, f"Content-Length: {count}")
        self.send_bytes(int(count), int(self.query["rate"]))

    def do_late(self, seconds):
        self.read_body()
        time.sleep(int(seconds))
        self.reply(200, b"done")

    def part_of(self, count):
        self.read_body()
        self.head(200, f"Content-Length: {count}")
        self.send_bytes(int(self.query.get("after", 0)))

    def do_stall(self, count):
        self.part_of(count)
        self.until_gone()

    def do_truncated(self, count=100):
        self.part_of(count)
        raise Gone

    def do_reset_body(self, count=100):
        self.part_of(count)
        time.sleep(0.02)  # What was sent arrives before the reset throws it away.
        self.reset()

    def do_hang(self):
        self.read_body()
        self.until_gone()

    def do_drop(self):
        self.read_body()
        raise Gone

    def do_reset(self):
        self.read_body()
        self.reset()

    def do_reset_early(self):
        self.reset()

    def do_garbage(self):
        self.read_body()
        self.stream.sendall(b"\x00\x01 nothing that is HTTP \r\n\r\n" * 10)
        raise Gone

    def do_slow_read(self):
        self.do_echo(rate=int(self.query["rate"]))

    def do_refuse_body(self):
        self.reply(int(self.query.get("status", 403)), b"no", "Connection: close")
        raise Gone

    def do_once_then_dead(self, *words):
        self.run(words)
        self.dying = True

    def do_sequence(self, name):
        with stats.lock:
            nth = stats.seen.get(name, 0)
            stats.seen[name] = nth + 1
        steps = self.query["steps"].split(",")
        self.run(steps[min(nth, len(steps) - 1)].split(":"))

    def do_seen(self, name):
        self.read_body()
        self.reply(200, str(stats.seen.get(name, 0)).encode())

    def do_stats(self):
        self.read_body()
        with stats.lock:
            text = json.dumps({"connections": stats.connections, "requests": stats.requests,
                               "open_max": stats.open_max}).encode()
        self.reply(200, text)


def serve(stream, tls):
    counted = stream.dup()  # TLS takes the stream itself over.
    stats.connected(counted)
    try:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            stream = tls.wrap_socket(stream, server_side=True)
        Connection(stream).serve()
    except (Gone, OSError, ValueError):
        pass
    finally:
        stats.disconnected(counted)
        counted.close()
        stream.close()


def make_certificate(where):
    def openssl(*words, text=None):
        subprocess.run(["openssl", *words], cwd=where, input=text, check=True, capture_output=True, text=True)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=test authority")
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (where / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
            "server.pem", "-days", "2", "-extfile", "names")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(where / "server.pem", where / "server.key")
    return context


def accept(listening, tls):
    while True:
        stream, _ = listening.accept()
        threading.Thread(target=serve, args=(stream, tls), daemon=True).start()


def main():
    tls = make_certificate(pathlib.Path(sys.argv[2])) if sys.argv[1:2] == ["--tls"] else None
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    threading.Thread(target=accept, args=(listening, tls), daemon=True).start()
    print(listening.getsockname()[1], flush=True)
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
