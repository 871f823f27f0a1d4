"""The base of tests whose store is reached through a proxy that breaks requests when it is told to."""

from faults.process import FaultProxy

from . import case

# What the requests of each service look like, as words of the proxy's rules.
S3 = {"put": "method=PUT,target=^[^?]*$,lacks=x-amz-copy-source", "copy": "method=PUT,target=^[^?]*$,has=x-amz-copy-source",
      "part": "method=PUT,target=partNumber=", "complete": "method=POST,target=uploadId=",
      "begin": "method=POST,target=[?]uploads", "delete": "method=DELETE,target=^[^?]*$",
      "get": "method=GET,target=^[^?]*$", "head": "method=HEAD", "list": "method=GET,target=list-type=2"}
AZURE = {"put": "method=PUT,target=^[^?]*$,lacks=x-ms-copy-source", "copy": "method=PUT,target=^[^?]*$,has=x-ms-copy-source",
         "part": "method=PUT,target=comp=block&", "complete": "method=PUT,target=comp=blocklist",
         "begin": "method=GET,target=comp=blocklist", "delete": "method=DELETE,target=^[^?]*$",
         "get": "method=GET,target=^[^?]*$", "head": "method=HEAD", "list": "method=GET,target=comp=list"}
REQUESTS = {"s3": S3, "r2": S3, "azure": AZURE}


class faulty(case.mounted):
    """`self.proxy` is told what to break: `with self.proxy.breaking("503:10"): …`."""

    rules_at_start = ()
    settings = {}  # Of the backend, beside those that every test of it uses.

    @classmethod
    def setUpClass(cls):
        store = case.settings.store
        endpoint = store.table(case.settings.work / cls.__name__ / "store")["endpoint"]
        cls.proxy = FaultProxy(endpoint, store.server.environment()).start()
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
        store = case.settings.store
        return store.stored(store.prefix(self.store) + str(path.relative_to(self.point)))

    def logged(self, text):
        """The lines of the daemon's log that hold a text."""
        log = self.running.log.read_text(errors="replace")
        return [line for line in log.splitlines() if text in line]
