"""The backends that every mount test runs on. A new one is one class here and its name in tests/mount/CMakeLists.txt."""

import os
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as xml

from servers.atomic_commits import AtomicCommits
from servers.azure_proxy import AzureProxy
from servers.azurite import AzuriteServer
from servers.r2_proxy import R2Proxy
from servers.seaweed import SeaweedServer
from servers.sigv4 import signed

# What a backend's files can do beyond plain names and bytes; tests leave out what needs the rest. docs/semantics.md says
# why an object store has none of them.
#   hard_links       link(2), and link counts
#   exchange         renameat2(2) with RENAME_EXCHANGE
#   atomic_rename    a name that is replaced is the old or the new file for whoever opens it, at any moment
#   sparse           holes take no space, and SEEK_HOLE finds them
#   atime            access times are kept
#   directory_links  the link count of a directory counts the directories in it
#   directory_times  the times of a directory, changed by what changed in it, outlive the mount
#   any_bytes        a name is any bytes, not UTF-8 alone
#   long_paths       a path may have PATH_MAX bytes, not 1,024
#   large_xattrs     a file has room for 2,000 bytes of extended attributes, and for 60 of them
#   local_store      what the mount shows is a directory of this machine, too
#   outsiders        something else can change the store: `outside`
#   kept_versions    what something else replaced is still there for whoever has it open
#   ended_uploads    what was uploaded and never published can be taken away, not only left to expire
# And what the servers of these tests lack, though the services that they stand for do not:
#   backslashes      a name may hold a backslash (on Azure none may: it would become a slash)
#   marker_metadata  a key that ends in a slash keeps its metadata: modes, owners and times of directories
POSIX = frozenset({"hard_links", "exchange", "atomic_rename", "sparse", "atime", "directory_links", "directory_times",
                   "any_bytes", "long_paths", "large_xattrs", "backslashes", "marker_metadata"})


def content(ask):
    """The body of a reply; None when it says that there is nothing."""
    try:
        with ask() as reply:
            return reply.read()
    except urllib.error.HTTPError as refused:
        if refused.code != 404:
            raise
        return None


class Backend:
    """A store for tests. Started once for a module of tests, mounted by each of its classes."""

    persistent = True
    takes_requests = False  # Each call that is not answered by a cache asks a server.
    fails_with_200 = False  # A reply may begin before its outcome is known.
    abilities = frozenset()

    def start(self):
        """Starts what the store needs."""

    def stop(self):
        """Ends it."""

    def table(self, store):
        """The [backend.main] table of a store of its own. `store`: a directory that belongs to it."""
        raise NotImplementedError

    def outside(self, store):
        """What something else that knows the store does to it, by names as they are on the mount."""
        raise NotImplementedError

    def contended_table(self, store):
        """The same for mounts that race for one object: the store's commits are as atomic as the service's own."""
        return self.table(store)


class Memory(Backend):
    persistent = False
    abilities = POSIX

    def table(self, store):
        return {"type": "memory", "size": "8GiB"}


class Folder:
    """The directory that a mount shows, as other programs of this machine see it."""

    def __init__(self, root):
        self.root = root

    def write(self, name, data):
        beside = self.root / f"{name}.new"
        beside.write_bytes(data)
        os.rename(beside, self.root / name)

    def overwrite(self, name, data):
        (self.root / name).write_bytes(data)

    def read(self, name):
        return (self.root / name).read_bytes()

    def remove(self, name):
        os.unlink(self.root / name)


class Objects:
    """A store as another client of it sees it. `ask(method, key, body)` is one request; returns what it is answered."""

    def __init__(self, ask):
        self.ask = ask

    def write(self, name, data):
        self.ask("PUT", name, data)

    overwrite = write

    def read(self, name):
        return self.ask("GET", name, b"")

    def remove(self, name):
        self.ask("DELETE", name, b"")


class Local(Backend):
    abilities = POSIX | {"local_store", "outsiders", "kept_versions"}

    def outside(self, store):
        return Folder(store)

    def table(self, store):
        return {"type": "local", "root": store}


class S3(Backend):
    """A real S3 server, and a prefix of its bucket for each class of tests."""

    takes_requests = fails_with_200 = True
    abilities = frozenset({"ended_uploads", "atomic_rename", "outsiders"})
    atomic = None

    def start(self):
        self.server = SeaweedServer().start()

    def stop(self):
        if self.atomic:
            self.atomic.stop()
        self.server.stop()

    def prefix(self, store):
        return f"{store.parent.name}/"

    def table(self, store):
        server = self.server
        return {"type": "s3", "bucket": server.bucket, "prefix": self.prefix(store), "endpoint": server.endpoint,
                "region": server.region, "access_key_id": server.access_key, "secret_access_key": server.secret_key,
                "allow_http": True}

    def contended_table(self, store):
        if not self.atomic:
            self.atomic = AtomicCommits(self.server).start()
        return {**self.table(store), "endpoint": self.atomic.endpoint}

    def outside(self, store):
        def ask(method, name, body):
            with self.ask(f"/{self.prefix(store)}{name}", method, body) as reply:
                return reply.read()
        return Objects(ask)

    def ask(self, target, method="GET", body=b""):
        """One request to the server itself. `target`: what follows the bucket in the URL."""
        server = self.server
        url = f"{server.endpoint}/{server.bucket}{target}"
        headers = signed(method, url, {}, server.access_key, server.secret_key, server.region)
        wanted = urllib.request.Request(url, data=body or None, method=method, headers=headers)
        return urllib.request.urlopen(wanted, timeout=30)

    def stored(self, key):
        """The bytes of an object; None when there is none."""
        return content(lambda: self.ask(f"/{urllib.parse.quote(key)}"))

    def uploads(self):
        """Ids of the multipart uploads in flight."""
        with self.ask("?uploads=") as reply:
            listing = xml.fromstring(reply.read())
        return [each.text for each in listing.iter() if each.tag.endswith("UploadId")]


class R2(S3):
    """The same server behind a stand-in that is as strict as R2."""

    def start(self):
        super().start()
        self.proxy = R2Proxy(self.server).start()
        # Programs make thousands of requests, and each 403 that means 429 is waited for: enough of them, not most of the
        # time. The tests of the library, with their few requests, have the proxy as it starts.
        self.proxy.set("forbid_every", 101)

    def stop(self):
        self.proxy.stop()
        super().stop()

    def table(self, store):
        return {**super().table(store), "type": "r2", "endpoint": self.proxy.endpoint, "region": "auto"}

    def contended_table(self, store):
        return self.table(store)  # The stand-in is atomic itself.


class Azure(Backend):
    """A real Azure Blob server, Azurite, behind a stand-in for what it lacks; a prefix of its container for each class."""

    takes_requests = True
    abilities = frozenset({"large_xattrs", "marker_metadata", "atomic_rename", "outsiders"})

    def start(self):
        self.server = AzuriteServer().start()
        self.proxy = AzureProxy(self.server).start()

    def stop(self):
        self.proxy.stop()
        self.server.stop()

    def prefix(self, store):
        return f"{store.parent.name}/"

    def table(self, store):
        server = self.server
        return {"type": "azure", "account": server.account, "container": server.container,
                "prefix": self.prefix(store), "endpoint": self.proxy.endpoint, "account_key": server.key,
                "allow_http": True}

    def outside(self, store):
        def ask(method, name, body):
            kind = {"x-ms-blob-type": "BlockBlob"} if method == "PUT" else {}
            target = f"/{self.server.container}/{self.prefix(store)}{name}"
            with self.server.ask(method, target, kind, body) as reply:
                return reply.read()
        return Objects(ask)

    def stored(self, key):
        return content(lambda: self.server.ask("GET", f"/{self.server.container}/{urllib.parse.quote(key)}"))


class Every(Backend):
    """All of them at once, in that order; the last one keeps what a remount finds."""

    takes_requests = True

    def start(self):
        self.stores = {"memory": Memory(), "local": Local(), "s3": S3(), "r2": R2(), "azure": Azure()}
        for store in self.stores.values():
            store.start()

    def stop(self):
        for store in self.stores.values():
            store.stop()


class Native(Backend):
    """No mount at all: the tests themselves, tried on the native filesystem."""

    abilities = POSIX


KNOWN = {"memory": Memory, "local": Local, "s3": S3, "r2": R2, "azure": Azure, "every": Every, "native": Native}


def text_of(value):
    return str(value).lower() if isinstance(value, (bool, int)) else f'"{value}"'


def config(tables, state):
    """The text of a configuration file with one mount, `test`. `tables`: path in it → table of a backend."""
    text, paths = f'[daemon]\nstate_dir = "{state}"\n', []
    for path, table in tables.items():
        name = path.strip("/") or "main"
        text += f"\n[backend.{name}]\n" + "".join(f"{key} = {text_of(value)}\n" for key, value in table.items())
        paths.append(f'"{path}" = "{name}"')
    return text + "\n[mount.test]\npaths = { " + ", ".join(paths) + " }\n"
