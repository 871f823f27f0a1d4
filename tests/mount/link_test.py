"""Hard links, symbolic links, special files, and what link counts say."""

import errno
import os
import socket
import stat

from mounting import case
from mounting.case import needs_root
from mounting.syscalls import linkat_fd


class link(case.mounted):
    @case.needs("hard_links")
    def test_hard(self):
        def scenario(p):
            p.write_file("a", b"one")
            p.changed("link", lambda: os.link(p / "a", p / "b"), "a", "")
            p.stat("a")
            p.stat("b")
            p.note("one inode", os.stat(p / "a").st_ino == os.stat(p / "b").st_ino)
            p.do("exists", os.link, p / "a", p / "b")
            p.do("missing", os.link, p / "nothing", p / "c")
            p.write_file("b", b"through the other name")
            p.content("a")
            p.changed("unlink", lambda: os.unlink(p / "a"), "b", "")
            p.stat("b")
            os.mkdir(p / "d")
            p.do("a folder", os.link, p / "d", p / "e")
            p.do("in a folder", os.link, p / "b", p / "d/b")
            p.do("below a file", os.link, p / "b", p / "b/c")
            p.do("long", os.link, p / "b", p / ("n" * 256))
            os.symlink("b", p / "s")
            p.do("a symlink", os.link, p / "s", p / "s2", follow_symlinks=False)
            p.stat("s2")
            p.stat("s")
            os.mkfifo(p / "fifo")
            p.do("a fifo", os.link, p / "fifo", p / "fifo2")
            p.stat("fifo2")
        self.same(scenario)

    @case.needs("hard_links")
    def test_attributes_are_shared(self):
        def scenario(p):
            p.write_file("a", b"")
            os.link(p / "a", p / "b")
            os.chmod(p / "a", 0o600)
            os.utime(p / "b", ns=(1_000_000_001, 2_000_000_002))
            os.setxattr(p / "a", "user.x", b"1")
            p.stat("b")
            p.note("mtime", os.stat(p / "a").st_mtime_ns)
            p.do("xattr", os.getxattr, p / "b", "user.x")
            os.truncate(p / "b", 12345)
            p.note("size", os.stat(p / "a").st_size)
        self.same(scenario)

    @case.needs("hard_links")
    def test_many(self):
        def scenario(p):
            p.write_file("f", b"x")
            for number in range(500):
                os.link(p / "f", p / f"l{number}")
            p.stat("f")
            for number in range(0, 500, 2):
                os.unlink(p / f"l{number}")
            p.stat("f")
            p.stat("l1")
        self.same(scenario)

    def test_links_are_made_or_refused(self):
        """EPERM is what link(2) says where there are none, and programs copy then."""
        (self.mount / "a").write_bytes(b"one")
        try:
            os.link(self.mount / "a", self.mount / "b")
        except OSError as failure:
            self.assertEqual(failure.errno, errno.EPERM)
            self.assertFalse(case.can("hard_links"))
            self.assertEqual(os.listdir(self.mount), ["a"])
        else:
            self.assertTrue(os.path.samefile(self.mount / "a", self.mount / "b"))

    @needs_root
    def test_unlinked_file_gets_no_name_back(self):
        def scenario(p):
            p.write_file("f", b"x")
            fd = os.open(p / "f", os.O_RDWR)
            os.unlink(p / "f")
            p.do("linkat", linkat_fd, fd, p / "g")
            p.list()
            os.close(fd)
        self.same(scenario)

    def test_symlinks(self):
        def scenario(p):
            p.write_file("target", b"bytes")
            for name, to in (("good", "target"), ("dangling", "nothing"), ("self", "self"), ("loop1", "loop2"),
                             ("loop2", "loop1"), ("up", "../nowhere"), ("abs", "/etc/hostname-that-is-not"),
                             ("long", "x" * 4095), ("utf8", "grüße/日本")):
                p.do(f"symlink {name}", os.symlink, to, p / name)
                p.do(f"readlink {name}", os.readlink, p / name)
                p.stat(name)
                p.do(f"stat {name}", os.stat, p / name)
                p.do(f"open {name}", lambda: os.close(os.open(p / name, os.O_RDONLY)))
                p.do(f"O_NOFOLLOW {name}", lambda: os.close(os.open(p / name, os.O_RDONLY | os.O_NOFOLLOW)))
            p.do("empty", os.symlink, "", p / "none")
            p.do("4096", os.symlink, "x" * 4096, p / "toolong")
            p.do("exists", os.symlink, "y", p / "good")
            p.do("readlink of a file", os.readlink, p / "target")
            p.do("create through dangling", lambda: os.close(os.open(p / "dangling", os.O_CREAT | os.O_WRONLY)))
            p.do("O_EXCL through dangling", lambda: os.open(p / "good", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            p.list()
            p.do("lchown", os.lchown, p / "good", os.getuid(), os.getgid())
            p.do("lutimes", os.utime, p / "good", ns=(5, 7), follow_symlinks=False)
            p.note("its mtime", os.lstat(p / "good").st_mtime_ns)
            p.do("unlink", os.unlink, p / "good")
            p.content("target")
        self.same(scenario)

    def test_symlink_to_folder(self):
        def scenario(p):
            os.mkdir(p / "d")
            os.symlink("d", p / "s")
            p.write_file("s/inside", b"1")
            p.list("d")
            p.do("rmdir the link", os.rmdir, p / "s")
            p.do("open as folder", lambda: os.close(os.open(p / "s", os.O_DIRECTORY)))
            p.do("O_NOFOLLOW as folder", lambda: os.open(p / "s", os.O_DIRECTORY | os.O_NOFOLLOW))
            p.do("unlink with slash", os.unlink, p / "s/")
            p.do("mkdir over", os.mkdir, p / "s")
        self.same(scenario)

    def test_special_files(self):
        def scenario(p):
            p.do("fifo", os.mkfifo, p / "fifo", 0o640)
            p.stat("fifo")
            p.do("regular by mknod", os.mknod, p / "plain", 0o640 | stat.S_IFREG)
            p.stat("plain")
            with socket.socket(socket.AF_UNIX) as listener:
                os.chdir(p.root)
                try:
                    p.do("bind", listener.bind, "sock")
                finally:
                    os.chdir("/")
                p.stat("sock")
            reader = os.open(p / "fifo", os.O_RDONLY | os.O_NONBLOCK)
            writer = os.open(p / "fifo", os.O_WRONLY)
            p.do("through the fifo", os.write, writer, b"flow")
            p.do("out of the fifo", os.read, reader, 10)
            os.close(reader)
            os.close(writer)
            if os.geteuid() == 0:
                p.do("char", os.mknod, p / "null", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
                p.stat("null")
                p.do("block", os.mknod, p / "block", 0o600 | stat.S_IFBLK, os.makedev(7, 250))
                p.stat("block")
        self.same(scenario)

    def test_directory_link_counts(self):
        def scenario(p):
            os.mkdir(p / "d")
            p.stat("d")
            for name in "abc":
                p.changed(f"mkdir {name}", lambda: os.mkdir(p / f"d/{name}"), "d")
                p.stat("d")
            p.write_file("d/file", b"")
            p.stat("d")
            p.changed("rmdir", lambda: os.rmdir(p / "d/a"), "d")
            p.stat("d")
            os.mkdir(p / "e")
            p.do("move a folder", os.rename, p / "d/b", p / "e/b")
            p.stat("d")
            p.stat("e")
            p.do("not empty", os.rmdir, p / "d")
            p.do("rmdir a file", os.rmdir, p / "d/file")
            p.do("unlink a folder", os.unlink, p / "e/b")
            p.do("rmdir dot", os.rmdir, p / "e/b/.")
            p.do("mkdir exists", os.mkdir, p / "d")
            p.do("mkdir below nothing", os.mkdir, p / "no/d")
            p.do("mkdir below a file", os.mkdir, p / "d/file/x")
        self.same(scenario)
