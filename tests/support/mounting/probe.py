"""One directory that a scenario runs in, and the record of what the calls there did."""

import errno
import hashlib
import os
import pickle
import stat
import time

# Fields of stat that two filesystems must agree on.
FIELDS = ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size", "st_rdev")


def shown(value, counts_folders=True):
    """A value as it is compared: short, and without anything that two runs may differ in."""
    if isinstance(value, (bytes, bytearray, memoryview)) and len(value) > 48:
        return f"{len(value)} bytes, sha256 {hashlib.sha256(value).hexdigest()[:16]}"
    if isinstance(value, os.stat_result):
        kept = {name[3:]: getattr(value, name) for name in FIELDS}
        kept["mode"] = oct(kept["mode"])
        if stat.S_ISDIR(value.st_mode):
            del kept["size"]
            if not counts_folders and kept["nlink"] > 0:
                del kept["nlink"]
        return kept
    return value


class Probe:
    """`abilities`: the names of backends.py of what both sides can do."""

    def __init__(self, root, abilities):
        self.root, self.abilities = str(root), abilities
        self.record = []

    def can(self, ability):
        return ability in self.abilities

    def shown(self, value):
        return shown(value, self.can("directory_links"))

    def __truediv__(self, name):
        return f"{self.root}/{name}" if name else self.root

    def note(self, what, value=None):
        self.record.append((what, self.shown(value)))

    def do(self, what, call, *arguments, **named):
        """Calls, records the result or the errno, and returns the result or None."""
        try:
            result = call(*arguments, **named)
        except OSError as failure:
            self.record.append((what, "-> " + errno.errorcode.get(failure.errno, str(failure.errno))))
            return None
        self.record.append((what, self.shown(result)))
        return result

    def stat(self, name):
        return self.do(f"lstat {name}", os.lstat, self / name)

    def open(self, name, flags, mode=0o644):
        """Like os.open, recorded as opened or with its errno."""
        try:
            fd = os.open(self / name, flags, mode)
        except OSError as failure:
            self.note(f"open {name} {flags:#o}", "-> " + errno.errorcode[failure.errno])
            return None
        self.note(f"open {name} {flags:#o}", "opened")
        return fd

    def write_file(self, name, data, mode=0o644):
        """Sets the scene: not recorded, must work."""
        fd = os.open(self / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(fd, view):]
        finally:
            os.close(fd)

    def read_file(self, name):
        with open(self / name, "rb") as file:
            return file.read()

    def content(self, name):
        return self.do(f"content {name}", self.read_file, name)

    def list(self, name=""):
        return self.do(f"list {name}", lambda: sorted(os.listdir(self / name)))

    def changed(self, what, call, *names):
        """Runs `call` and records which of the names' mtime and ctime moved."""
        def times():
            found = {}
            for name in names:
                seen = os.lstat(self / name)
                found[name] = (seen.st_mtime_ns, seen.st_ctime_ns)
            return found

        before = times()
        time.sleep(0.02)  # Longer than the granularity of any clock that stamps files.
        self.do(what, call)
        after = times()
        for name in names:
            moved = [label for label, old, new in zip(("mtime", "ctime"), before[name], after[name]) if old != new]
            self.note(f"{what}: {name} moved", moved)
            if any(new < old for old, new in zip(before[name], after[name])):
                self.note(f"{what}: {name} went back")

    def as_user(self, uid, gid, scenario, groups=()):
        """Runs a scenario in a child with other ids; its record becomes part of this one."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.close(reader)
                os.setgroups([gid, *groups])
                os.setresgid(gid, gid, gid)
                os.setresuid(uid, uid, uid)
                self.record = []
                try:
                    scenario(self)
                except Exception as failure:  # The parent's comparison shows it.
                    self.note("scenario failed", repr(failure).replace(self.root, ""))
                with os.fdopen(writer, "wb") as out:
                    pickle.dump(self.record, out)
                status = 0
            finally:
                os._exit(status)
        os.close(writer)
        with os.fdopen(reader, "rb") as source:
            data = source.read()
        _, status = os.waitpid(child, 0)
        if status != 0:
            raise RuntimeError(f"the child of uid {uid} ended with {status}")
        self.record += [(f"uid {uid}: {what}", value) for what, value in pickle.loads(data)]
