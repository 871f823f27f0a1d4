"""The proxy as a process of its own, in front of a server of the tests."""

import contextlib
import http.client
import json
import os
import pathlib
import subprocess
import sys
import urllib.parse

from servers import ports
from servers.child import end_with_parent

PROGRAM = pathlib.Path(__file__).with_name("proxy.py")


class FaultProxy:
    """`behind`: the server's endpoint, http://HOST:PORT/PATH. `keys`: variables to sign anew with."""

    def __init__(self, behind, keys):
        self.behind, self.keys = urllib.parse.urlsplit(behind), keys
        self.port = ports.free(1)[0]
        self.process = None

    @property
    def endpoint(self):
        return self.behind._replace(netloc=f"127.0.0.1:{self.port}").geturl()

    def start(self):
        """Listens, always on the same port."""
        command = [sys.executable, PROGRAM, "--to", self.behind.netloc, "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **self.keys}, preexec_fn=end_with_parent)
        if not self.process.stdout.readline():
            raise OSError(f"the proxy of faults does not listen on port {self.port}")
        return self

    def stop(self):
        """From now on nobody is there: connections are refused."""
        process, self.process = self.process, None
        if process is not None:
            process.stdin.close()
            process.stdout.close()
            process.wait()

    def administer(self, method, target, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, target, body)
            reply = connection.getresponse()
            text = reply.read().decode()
        finally:
            connection.close()
        if reply.status != 200:
            raise ValueError(text)
        return text

    def rules(self, *lines):
        """Replaces the rules; counts start anew."""
        self.administer("PUT", "/-/faults", "\n".join(lines))

    @contextlib.contextmanager
    def breaking(self, *lines):
        """The rules hold inside of it; then there are none."""
        self.rules(*lines)
        try:
            yield self
        finally:
            if self.process is not None:
                self.rules()

    def hanging(self):
        """How many requests hang whose client still waits for the answer."""
        return json.loads(self.administer("GET", "/-/faults"))["hanging"]

    def faults(self):
        """How often each fault took place since the rules were given."""
        return json.loads(self.administer("GET", "/-/faults"))["faults"]

    def log(self):
        """The last requests: (method, target, fault or '-', status), the last one first."""
        lines = self.administer("GET", "/-/log").splitlines()
        return [line.rsplit(" ", 2)[0].split(" ", 1) + line.rsplit(" ", 2)[1:] for line in reversed(lines)]
