"""The base of tests whose store is reached through a proxy that breaks requests when it is told to."""

import urllib.parse
import urllib.request

from faults.process import FaultProxy
from servers.sigv4 import signed

from . import case

# What the requests of each service look like, as words of the proxy's rules.
S3 = {"put": "method=PUT,target=^[^?]*$,lacks=x-amz-copy-source", "copy": "method=PUT,target=^[^?]*$,has=x-amz-copy-source",
      "part": "method=PUT,target=partNumber=", "complete": "method=POST,target=uploadId=",
      "begin": "method=POST,target=[?]uploads", "delete": "method=DELETE,target=^[^?]*$",
      "get": "method=GET,target=^[^?]*$", "head": "method=HEAD", "list": "method=GET,target=list-type=2"}
REQUESTS = {"s3": S3, "r2": S3}


class faulty(case.mounted):
    """`self.proxy` is told what to break: `with self.proxy.breaking("503:10"): …`."""

    rules_at_start = ()
    settings = {}  # Of the backend, beside those that every test of it uses.

    @classmethod
    def setUpClass(cls):
        server = case.settings.store.server
        cls.proxy = FaultProxy(case.settings.store.table(case.settings.work / cls.__name__ / "store")["endpoint"],
                               {"AWS_ACCESS_KEY_ID": server.access_key, "AWS_SECRET_ACCESS_KEY": server.secret_key,
                                "AWS_REGION": server.region}).start()
        cls.addClassCleanup(cls.proxy.stop)
        cls.proxy.rules(*cls.rules_at_start)
        super().setUpClass()

    @classmethod
    def table(cls):
        return {**super().table(), "endpoint": cls.proxy.endpoint, **cls.settings}

    @staticmethod
    def on(request, fault):
        """A rule that breaks requests of one kind: `on("put", "lost,count=1")`."""
        return f"{fault},{REQUESTS[case.settings.backend][request]}"

    def stored(self, path):
        """The bytes of a file as the store itself has them, past the mount; None when there is no object."""
        server = case.settings.store.server
        key = case.settings.store.prefix(self.store) + str(path.relative_to(self.point))
        url = f"{server.endpoint}/{server.bucket}/{urllib.parse.quote(key)}"
        headers = signed("GET", url, {}, server.access_key, server.secret_key, server.region)
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as reply:
                return reply.read()
        except urllib.error.HTTPError as refused:
            if refused.code != 404:
                raise
            return None

    def logged(self, text):
        """The lines of the daemon's log that hold a text."""
        log = self.running.log.read_text(errors="replace")
        return [line for line in log.splitlines() if text in line]
