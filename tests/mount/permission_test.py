"""Who may do what: modes, owners, sticky and set-group-id directories, as several users."""

import os
import time

from mounting import case, syscalls
from mounting.case import needs_root

NOBODY, DAEMON, BIN = 65534, 1, 2


@needs_root
class permission(case.mounted):
    options = case.lasting(case.mounted.options)

    def test_access_by_mode(self):
        def scenario(p):
            for mode in (0o000, 0o400, 0o040, 0o004, 0o600, 0o060, 0o006, 0o644, 0o755, 0o777):
                p.write_file(f"f{mode:o}", b"x")
                os.chown(p / f"f{mode:o}", NOBODY, DAEMON)
                os.chmod(p / f"f{mode:o}", mode)
                os.mkdir(p / f"d{mode:o}")
                p.write_file(f"d{mode:o}/inside", b"x")
                os.chown(p / f"d{mode:o}", NOBODY, DAEMON)
                os.chmod(p / f"d{mode:o}", mode)

            def visitor(q):
                for mode in (0o000, 0o400, 0o040, 0o004, 0o600, 0o060, 0o006, 0o644, 0o755, 0o777):
                    for flags in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR):
                        fd = q.open(f"f{mode:o}", flags)
                        if fd is not None:
                            os.close(fd)
                    for wanted in (os.R_OK, os.W_OK, os.X_OK):
                        q.note(f"access {mode:o} {wanted}", os.access(q / f"f{mode:o}", wanted))
                        q.note(f"access folder {mode:o} {wanted}", os.access(q / f"d{mode:o}", wanted))
                    q.list(f"d{mode:o}")
                    q.stat(f"d{mode:o}/inside")
                    q.do("create", os.mkdir, q / f"d{mode:o}/new{os.getuid()}{os.getgid()}")
                    q.do("truncate", os.truncate, q / f"f{mode:o}", 1)

            for uid, gid, groups in ((NOBODY, NOBODY, ()), (BIN, DAEMON, ()), (BIN, BIN, (DAEMON,)), (BIN, BIN, ())):
                p.as_user(uid, gid, visitor, groups)
            visitor(p)
        self.same(scenario)

    def test_changing_what_is_not_ours(self):
        def scenario(p):
            p.write_file("f", b"x")
            os.chown(p / "f", DAEMON, DAEMON)
            os.chmod(p / "f", 0o666)

            def stranger(q):
                q.do("chmod", os.chmod, q / "f", 0o600)
                q.do("chown", os.chown, q / "f", NOBODY, -1)
                q.do("chgrp", os.chown, q / "f", -1, NOBODY)
                q.do("times", os.utime, q / "f", ns=(1, 1))
                q.do("times to now", os.utime, q / "f")
                q.stat("f")
            p.as_user(NOBODY, NOBODY, stranger)
            os.chmod(p / "f", 0o644)
            p.as_user(NOBODY, NOBODY, stranger)

            def owner(q):
                q.do("chmod", os.chmod, q / "f", 0o640)
                q.do("give away", os.chown, q / "f", NOBODY, -1)
                q.do("own group", os.chown, q / "f", -1, BIN)
                q.do("other group", os.chown, q / "f", -1, NOBODY)
                q.do("setgid of another group", os.chmod, q / "f", 0o2755)
                q.stat("f")
            p.as_user(DAEMON, DAEMON, owner, (BIN,))
            p.as_user(DAEMON, DAEMON, owner)
        self.same(scenario)

    def test_sticky(self):
        def scenario(p):
            os.mkdir(p / "t")
            os.chmod(p / "t", 0o1777)
            for name in ("a", "b", "c", "d"):
                p.write_file(f"t/{name}", b"x")
                os.chown(p / f"t/{name}", DAEMON, DAEMON)
                os.chmod(p / f"t/{name}", 0o666)
            os.mkdir(p / "t/folder")
            os.chown(p / "t/folder", DAEMON, DAEMON)

            def stranger(q):
                q.do("unlink", os.unlink, q / "t/a")
                q.do("rename away", os.rename, q / "t/a", q / "t/z")
                q.do("rmdir", os.rmdir, q / "t/folder")
                q.write_file("t/mine", b"x")
                q.do("rename over", os.rename, q / "t/mine", q / "t/a")
                q.do("rename own", os.rename, q / "t/mine", q / "t/mine2")
                if q.can("hard_links"):
                    q.do("link", os.link, q / "t/a", q / "t/alink")
                q.do("unlink own", os.unlink, q / "t/mine2")
            p.as_user(NOBODY, NOBODY, stranger)

            def owner(q):
                q.do("rename", os.rename, q / "t/b", q / "t/bb")
                q.do("unlink", os.unlink, q / "t/bb")
                q.do("rmdir", os.rmdir, q / "t/folder")
            p.as_user(DAEMON, DAEMON, owner)
            os.chown(p / "t", NOBODY, NOBODY)
            p.as_user(NOBODY, NOBODY, lambda q: q.do("the folder's owner", os.unlink, q / "t/c"))
            p.list("t")
        self.same(scenario)

    def test_set_group_id_directory(self):
        def scenario(p):
            os.mkdir(p / "g")
            os.chown(p / "g", NOBODY, BIN)
            os.chmod(p / "g", 0o2777)

            def member(q):
                q.write_file("g/file", b"x")
                os.mkdir(q / "g/folder")
                os.symlink("x", q / "g/link")
                os.mkfifo(q / "g/fifo")
                fd = os.open(q / "g/setgid", os.O_CREAT | os.O_WRONLY, 0o2775)
                os.close(fd)
                for name in ("file", "folder", "link", "fifo", "setgid"):
                    q.stat(f"g/{name}")
                os.mkdir(q / "g/folder/deeper")
                q.stat("g/folder/deeper")
            p.as_user(DAEMON, DAEMON, member)
            p.as_user(DAEMON, DAEMON, lambda q: q.do("again", os.mkdir, q / "g/x"), (BIN,))
            p.stat("g/x")
        self.same(scenario)

    def test_set_id_bits_end_with_the_content(self):
        """Who changes a file that is not his to trust leaves no program behind that runs as its owner."""
        def through(change, flags=0):
            def act(path):
                fd = os.open(path, os.O_RDWR | flags)
                try:
                    change(fd)
                finally:
                    os.close(fd)
            return act

        changes = {
            "write": through(lambda fd: os.write(fd, b"new")),
            "append": through(lambda fd: os.write(fd, b"new"), os.O_APPEND),
            "write of nothing": through(lambda fd: os.write(fd, b"")),
            "ftruncate": through(lambda fd: os.ftruncate(fd, 1)),
            "truncate": lambda path: os.truncate(path, 1),
            "open that cuts": through(lambda fd: None, os.O_TRUNC),
            "fallocate": through(lambda fd: syscalls.fallocate(fd, 0, 0, 9000)),
            "copy within": through(lambda fd: os.copy_file_range(fd, fd, 2, 0, 4)),
            "read": through(lambda fd: os.read(fd, 2)),
            "new group": lambda path: os.chown(path, -1, DAEMON),
        }

        def scenario(p):
            for uid, groups in ((NOBODY, (DAEMON,)), (BIN, ()), (0, ())):
                for mode in (0o4777, 0o2777, 0o6777, 0o4666):
                    for what, change in changes.items():
                        name = f"{what} {uid} {mode:o}"
                        p.write_file(name, b"content")
                        os.chown(p / name, NOBODY, BIN)
                        os.chmod(p / name, mode)

                        def visitor(q, name=name, change=change):
                            q.do(name, lambda: change(q / name) and None)
                            q.stat(name)
                        p.as_user(uid, BIN if uid == BIN else NOBODY, visitor, groups)
        self.same(scenario)

    def test_new_files_belong_to_their_maker(self):
        def scenario(p):
            os.chmod(p.root, 0o777)

            def maker(q):
                q.write_file("file", b"x")
                os.mkdir(q / "folder")
                os.symlink("x", q / "link")
                os.mkfifo(q / "fifo")
                if q.can("hard_links"):
                    os.link(q / "file", q / "hard")
                    q.stat("hard")
                for name in ("file", "folder", "link", "fifo"):
                    q.stat(name)
            p.as_user(DAEMON, BIN, maker)
        self.same(scenario)

    def test_search_permission(self):
        def scenario(p):
            os.makedirs(p / "a/b/c")
            p.write_file("a/b/c/f", b"x")
            os.chmod(p / "a/b", 0o600)

            def visitor(q):
                q.stat("a/b")
                q.stat("a/b/c")
                q.content("a/b/c/f")
                q.do("create", os.mkdir, q / "a/b/new")
                q.do("rename", os.rename, q / "a/b/c", q / "a/c")
            p.as_user(NOBODY, NOBODY, visitor)
            os.chmod(p / "a/b", 0o711)
            p.as_user(NOBODY, NOBODY, visitor)
            p.as_user(NOBODY, NOBODY, lambda q: q.list("a/b"))
        self.same(scenario)

    def test_open_outlives_permission(self):
        def scenario(p):
            p.write_file("f", b"secret")
            os.chmod(p / "f", 0o644)

            def reader(q):
                fd = os.open(q / "f", os.O_RDONLY)
                pid = os.fork()
                if pid == 0:
                    os._exit(0)
                os.waitpid(pid, 0)
                q.do("read", os.pread, fd, 10, 0)
                q.do("fchmod", os.fchmod, fd, 0o777)
            p.as_user(NOBODY, NOBODY, reader)
            fd = os.open(p / "f", os.O_CREAT | os.O_RDWR)
            os.fchmod(fd, 0)
            p.do("write by the open descriptor", os.write, fd, b"x")
            os.close(fd)
            closed = os.open(p / "never", os.O_CREAT | os.O_RDWR, 0)
            p.do("a creator writes whatever the mode", os.write, closed, b"x")
            os.close(closed)
        self.same(scenario)
        def creator(p):
            def make(q):
                fd = os.open(q / "own", os.O_CREAT | os.O_RDWR, 0o000)
                q.do("write", os.write, fd, b"x")
                q.do("truncate", os.ftruncate, fd, 100)
                q.do("read", os.pread, fd, 10, 0)
                os.close(fd)
                q.open("own", os.O_RDONLY)
            os.chmod(p.root, 0o777)
            p.as_user(NOBODY, NOBODY, make)
        self.same(creator)

    def test_protected_links(self):
        """The kernel's rules for symlinks and FIFOs in sticky folders hold on a mount as well."""
        def scenario(p):
            os.mkdir(p / "t")
            os.chmod(p / "t", 0o1777)
            p.write_file("target", b"x")
            os.chmod(p / "target", 0o644)
            p.as_user(DAEMON, DAEMON, lambda q: os.symlink(q / "target", q / "t/link"))
            p.as_user(NOBODY, NOBODY, lambda q: q.do("follow another's", lambda: os.stat(q / "t/link").st_size))
            p.as_user(DAEMON, DAEMON, lambda q: q.do("follow one's own", lambda: os.stat(q / "t/link").st_size))
        self.same(scenario)


class capabilities(case.mounted):
    """The kernel asks for the capabilities of a file once, not before each write(2)."""

    options = f"{case.mounted.options},log=debug"

    def test_writes_ask_for_nothing(self):
        with open(self.mount / "f", "wb", buffering=0) as file:
            for _ in range(50):
                file.write(b"x")
        until = time.monotonic() + 10  # A line is written behind its reply.
        while (asked := self.running.log.read_text().count("operation=xattr")) == 0 and time.monotonic() < until:
            time.sleep(0.05)
        self.assertGreater(asked, 0, "the log does not show what is asked")
        self.assertLess(asked, 5)
