"""A wire that counts: forwards TCP connections to a port of this machine and knows how many bytes went each way."""

import selectors
import socket
import threading


class Wire:
    """`up`: bytes that clients sent, requests with their headers; `down`: bytes that they received."""

    def __init__(self, port):
        self.target = port
        self.up = self.down = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ, None)
        self.ending = False
        self.thread = threading.Thread(target=self._forward, daemon=True)

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.ending = True
        self.thread.join()
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()

    def counted(self, work):
        """Runs work(); returns the bytes (up, down) that it moved."""
        up, down = self.up, self.down
        work()
        return self.up - up, self.down - down

    def _forward(self):
        while not self.ending:
            for key, _ in self.selector.select(0.05):
                if key.data is None:
                    self._accept()
                else:
                    self._pass_on(key.fileobj, *key.data)

    def _accept(self):
        client, _ = self.listener.accept()
        try:
            server = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            client.close()
            return
        for side in (client, server):
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(client, selectors.EVENT_READ, (server, "up"))
        self.selector.register(server, selectors.EVENT_READ, (client, "down"))

    def _pass_on(self, source, target, way):
        try:
            data = source.recv(1 << 18)
            if data:
                setattr(self, way, getattr(self, way) + len(data))
                target.sendall(data)
                return
        except OSError:
            pass
        for side in (source, target):
            try:
                self.selector.unregister(side)
            except KeyError:
                pass
            side.close()
