"""A wire that counts: forwards TCP connections to a port of this machine and knows how many bytes went each way."""

import socket
import threading
import urllib.parse


class Wire:
    """`up`: bytes that clients sent, requests with their headers; `down`: bytes that they received. `endpoint`: the URL
    of a server on this machine, as it is when it is asked through the wire."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.target = parts.port
        self.up = self.down = 0
        self.counting = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.endpoint = parts._replace(netloc=f"127.0.0.1:{self.listener.getsockname()[1]}").geturl()
        self.open = set()

    def start(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def stop(self):
        for one in (self.listener, *self.open):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.listener.close()

    def counted(self, work):
        """Runs work(); returns the bytes (up, down) that it moved."""
        up, down = self.up, self.down
        work()
        return self.up - up, self.down - down

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            self.open |= {client, server}
            for source, target, way in ((client, server, "up"), (server, client, "down")):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._forward, args=(source, target, way), daemon=True).start()

    def _forward(self, source, target, way):
        try:
            while data := source.recv(1 << 18):
                with self.counting:
                    setattr(self, way, getattr(self, way) + len(data))
                target.sendall(data)
        except OSError:
            pass
        try:
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass
