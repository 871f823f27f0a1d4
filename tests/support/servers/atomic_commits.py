"""S3's promise of atomic conditional writes, in front of a server that does not keep it.

SeaweedFS 4.48 looks at the condition of a CompleteMultipartUpload first and puts the object in place later: of eight
that name one ETag, two or more succeed in every second round. S3 lets exactly one succeed. So tests in which several
writers race for one object go through here: the requests that change an object pass one after the other. Source:
docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html.

It checks that a request is signed with the right access key, and signs what it passes on itself, so that what derives
from it may add and remove headers.
"""

import collections
import contextlib
import http.client
import http.server
import socketserver
import threading
import urllib.parse

from .sigv4 import signed

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "expect", "host", "authorization", "content-length"}


class refusal(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class AtomicCommits(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, behind):
        super().__init__(("127.0.0.1", 0), Handler)
        self.behind, self.region = behind, behind.region
        self.endpoint = f"http://127.0.0.1:{self.server_address[1]}"
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.changing, self.locks = collections.defaultdict(threading.Lock), threading.Lock()

    def handle_error(self, request, client_address):
        pass  # A client that went away.

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.shutdown()
        self.server_close()

    def environment(self):
        return {**self.behind.environment(), "AWS_ENDPOINT_URL": self.endpoint, "AWS_REGION": self.region}

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def alone(self, method, target):
        """A context in which no other request changes the object that this one changes."""
        path, _, query = target.partition("?")
        changes = method in ("PUT", "POST", "DELETE") and not {"uploads", "partNumber"} & parameters(query).keys()
        if not changes:
            return contextlib.nullcontext()
        with self.locks:
            return self.changing[urllib.parse.unquote(path)]

    def judge(self, method, target, headers, body):
        """What the client hears: (status, reply headers, body), or raises a refusal."""
        return self.ask(method, target, headers, body)

    def ask(self, method, target, headers, body=b""):
        """One request to the server behind: (status, reply headers, body)."""
        server = self.behind
        headers = signed(method, server.endpoint + target, headers, server.access_key, server.secret_key, server.region)
        with self.alone(method, target):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
            try:
                connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
                for name, value in headers.items():
                    connection.putheader(name, value.encode("latin-1") if isinstance(value, str) else value)
                if body or method in ("PUT", "POST"):
                    connection.putheader("Content-Length", str(len(body)))
                connection.endheaders(body or None)
                reply = connection.getresponse()
                return reply.status, reply.getheaders(), reply.read()
            finally:
                connection.close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            if f"Credential={self.server.behind.access_key}/" not in self.headers.get("Authorization", ""):
                raise refusal(403, "AccessDenied", "not signed with the right key")
            # Latin-1 keeps every byte of a header as it came.
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            status, headers, content = self.server.judge(self.command, self.path, headers, body)
        except refusal as why:
            content = (f"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{why.code}</Code>"
                       f"<Message>{why.message}</Message></Error>").encode()
            status, headers = why.status, [("Content-Type", "application/xml")]
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


def parameters(query):
    return urllib.parse.parse_qs(query, keep_blank_values=True)
