"""A process that stands in front of a server of the tests and adds rules to it.

    python3 -m servers.stand_in MODULE:CLASS PORT BEHIND    BEHIND: what it knows of the server behind it, as JSON

It checks that a request is signed with the right key. In front of S3 it signs what it passes on itself, so that rules may
add and remove headers. A process of its own, because the tests' process may be stuck in the very file that it waits for.
"""

import http.client
import http.server
import importlib
import json
import pathlib
import select
import socketserver
import sys
import threading
import urllib.request

from . import ports
from .server import Server
from .sigv4 import signed

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "expect", "content-length"}
SETTINGS = "/.settings/"  # No bucket begins with a dot.


class refusal(Exception):
    """What a rule answers in the server's place."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class StandIn(Server):
    """The tests' side: starts the process. Derived classes name their `rules`, and what those know of the server."""

    folder_prefix = "rfs-stand-in-"
    rules = None
    knows = ("port", "endpoint", "access_key", "secret_key", "region")

    def __init__(self, behind):
        self.behind = behind
        self.port = None

    @property
    def region(self):
        return self.behind.region

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def run(self):
        [self.port] = ports.free(1)
        known = json.dumps({name: getattr(self.behind, name) for name in self.knows})
        self.begin([sys.executable, "-B", "-m", "servers.stand_in", self.rules, str(self.port), known],
                   {"PYTHONPATH": str(pathlib.Path(__file__).resolve().parents[1])})

    def set(self, name, value):
        """Changes a setting of the rules."""
        url = f"http://127.0.0.1:{self.port}{SETTINGS}{name}"
        urllib.request.urlopen(urllib.request.Request(url, json.dumps(value).encode(), method="PUT")).close()

    def environment(self):
        return {**self.behind.environment(), "AWS_ENDPOINT_URL": self.endpoint, "AWS_REGION": self.region}


class Rules:
    """The process's side: what is done with a request."""

    def __init__(self, behind):
        self.behind = behind
        self.of_thread = threading.local()

    def authorise(self, method, target, headers, body):
        """Raises a refusal unless the request is signed as it should be."""
        if f"Credential={self.behind['access_key']}/" not in headers.get("Authorization", ""):
            raise refusal(403, "AccessDenied", "not signed with the right key")

    def signed(self, method, target, headers):
        """The headers as the server behind gets them."""
        server = self.behind
        return signed(method, server["endpoint"] + target, headers, server["access_key"], server["secret_key"],
                      server["region"])

    def refused(self, why):
        """The headers of a refusal."""
        return [("Content-Type", "application/xml")]

    def judge(self, method, target, headers, body):
        """What the client hears: (status, reply headers, body), or raises a refusal."""
        return self.ask(method, target, headers, body)

    def connection(self):
        """One to the server behind for each one to us, open as long as both want."""
        open_one = getattr(self.of_thread, "connection", None)
        if open_one is not None and open_one.sock is not None and select.select([open_one.sock], [], [], 0)[0]:
            open_one.close()  # The server has closed it.
        if open_one is None:
            open_one = self.of_thread.connection = http.client.HTTPConnection("127.0.0.1", self.behind["port"],
                                                                              timeout=120)
        return open_one

    def ask(self, method, target, headers, body=b""):
        """One request to the server behind: (status, reply headers, body)."""
        connection = self.connection()
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in self.signed(method, target, headers).items():
                connection.putheader(name, value.encode("latin-1") if isinstance(value, str) else value)
            if body or method in ("PUT", "POST"):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            reply = connection.getresponse()
            return reply.status, reply.getheaders(), reply.read()
        except BaseException:
            connection.close()
            raise


class Front(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """A thread for each connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port, rules):
        super().__init__(("127.0.0.1", port), Handler)
        self.rules = rules

    def handle_error(self, request, client_address):
        pass  # A client that went away.


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16  # Head and body of a reply leave in one piece.

    def log_message(self, *_):
        pass

    def handle_expect_100(self):
        """A client that asks before it sends a large body waits for this line, for a second."""
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        rules = self.server.rules
        try:
            if self.path.startswith(SETTINGS):
                setattr(rules, self.path.removeprefix(SETTINGS), json.loads(body))
                raise refusal(200, "Set", self.path)
            # Latin-1 keeps every byte of a header as it came.
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            rules.authorise(self.command, self.path, headers, body)
            status, headers, content = rules.judge(self.command, self.path, headers, body)
        except refusal as why:
            content = (f"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{why.code}</Code>"
                       f"<Message>{why.message}</Message></Error>").encode()
            status, headers = why.status, rules.refused(why)
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


def main(rules, port, behind):
    module, name = rules.split(":")
    made = getattr(importlib.import_module(module), name)(json.loads(behind))
    Front(int(port), made).serve_forever()


if __name__ == "__main__":
    # Rules import this module by its own name: what they raise has to be what is caught.
    importlib.import_module("servers.stand_in").main(*sys.argv[1:])
