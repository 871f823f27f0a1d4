"""Extended attributes."""

import errno
import os

from mounting import case
from mounting.case import needs_root


class xattr(case.mounted):
    def test_life(self):
        def scenario(p):
            p.write_file("f", b"x")
            os.mkdir(p / "d")
            for name in ("f", "d"):
                p.do("none", os.listxattr, p / name)
                p.do("get missing", os.getxattr, p / name, "user.no")
                p.do("remove missing", os.removexattr, p / name, "user.no")
                p.do("set", os.setxattr, p / name, "user.a", b"value")
                p.do("get", os.getxattr, p / name, "user.a")
                p.do("create existing", os.setxattr, p / name, "user.a", b"v", os.XATTR_CREATE)
                p.do("replace missing", os.setxattr, p / name, "user.b", b"v", os.XATTR_REPLACE)
                p.do("create", os.setxattr, p / name, "user.b", b"", os.XATTR_CREATE)
                p.do("replace", os.setxattr, p / name, "user.a", b"\0binary\xff", os.XATTR_REPLACE)
                p.do("get", os.getxattr, p / name, "user.a")
                p.do("get empty", os.getxattr, p / name, "user.b")
                p.do("list", lambda: sorted(os.listxattr(p / name)))
                p.do("remove", os.removexattr, p / name, "user.a")
                p.do("list", lambda: sorted(os.listxattr(p / name)))
                p.do("shrink", os.setxattr, p / name, "user.b", b"12")
                p.do("get", os.getxattr, p / name, "user.b")
            p.do("missing file", os.getxattr, p / "no", "user.a")
        self.same(scenario)

    def test_names(self):
        def scenario(p):
            p.write_file("f", b"x")
            for name in ("user.", "user", "", "bad.name", "nodot", "user.grüße", "user." + "n" * 250,
                         "user." + "n" * 251):
                p.do(f"set {name[:20]} {len(name)}", os.setxattr, p / "f", name, b"v")
                p.do(f"get {name[:20]} {len(name)}", os.getxattr, p / "f", name)
            p.do("list", lambda: sorted(name for name in os.listxattr(p / "f") if name.startswith("user.")))
        self.same(scenario)

    def test_large(self):
        """ext4 gives all attributes of a file one block; services give all metadata 2 KB. The kernel's bound is 64 KiB."""
        file = self.mount / "f"
        file.write_bytes(b"")
        value = os.urandom(2000 if case.can("large_xattrs") else 800)
        os.setxattr(file, "user.large", value)
        self.assertEqual(os.getxattr(file, "user.large"), value)
        with self.assertRaises(OSError):
            os.setxattr(file, "user.huge", b"x" * (64 * 1024 + 1))
        self.assertEqual(os.getxattr(file, "user.large"), value)

    def test_what_does_not_fit_changes_nothing(self):
        """ENOSPC, as ext4 says it, and all is as before."""
        file = self.mount / "f"
        file.write_bytes(b"content")
        os.setxattr(file, "user.small", b"kept")
        for number in range(200):
            try:
                os.setxattr(file, f"user.more{number}", os.urandom(600))
            except OSError as failure:
                self.assertEqual(failure.errno, errno.ENOSPC)
                with self.assertRaises(OSError):
                    os.getxattr(file, f"user.more{number}")
                break
        self.assertEqual(os.getxattr(file, "user.small"), b"kept")
        self.assertEqual(file.read_bytes(), b"content")
        os.removexattr(file, "user.more0")
        os.setxattr(file, "user.small", b"changed")
        self.assertEqual(os.getxattr(file, "user.small"), b"changed")

    def test_many(self):
        file = self.mount / "f"
        file.write_bytes(b"")
        names = {f"user.n{number}": b"%d" % number for number in range(60 if case.can("large_xattrs") else 25)}
        for name, value in names.items():
            os.setxattr(file, name, value)
        self.assertEqual(set(os.listxattr(file)), set(names))
        for name, value in names.items():
            self.assertEqual(os.getxattr(file, name), value)

    def test_of_descriptors_and_links(self):
        def scenario(p):
            p.write_file("f", b"x")
            os.symlink("f", p / "s")
            fd = os.open(p / "f", os.O_RDWR)
            p.do("fsetxattr", os.setxattr, fd, "user.a", b"1")
            p.do("through the link", os.getxattr, p / "s", "user.a")
            p.do("of the link", os.getxattr, p / "s", "user.a", follow_symlinks=False)
            p.do("on the link", os.setxattr, p / "s", "user.a", b"2", follow_symlinks=False)
            os.unlink(p / "f")
            p.do("unlinked", os.getxattr, fd, "user.a")
            p.do("set unlinked", os.setxattr, fd, "user.b", b"1")
            p.do("list unlinked", lambda: sorted(os.listxattr(fd)))
            os.close(fd)
        self.same(scenario)

    def test_survives_rename_not_unlink(self):
        def scenario(p):
            p.write_file("f", b"x")
            os.setxattr(p / "f", "user.a", b"1")
            os.rename(p / "f", p / "g")
            p.do("renamed", os.getxattr, p / "g", "user.a")
            os.unlink(p / "g")
            p.write_file("g", b"x")
            p.do("recreated", os.getxattr, p / "g", "user.a")
        self.same(scenario)

    @needs_root
    def test_permissions(self):
        def scenario(p):
            p.write_file("f", b"x")
            os.chmod(p / "f", 0o644)
            os.setxattr(p / "f", "user.a", b"1")

            def stranger(q):
                q.do("get", os.getxattr, q / "f", "user.a")
                q.do("set", os.setxattr, q / "f", "user.b", b"1")
                q.do("remove", os.removexattr, q / "f", "user.a")
            p.as_user(65534, 65534, stranger)
            os.chmod(p / "f", 0o600)
            p.as_user(65534, 65534, stranger)
            p.do("trusted", os.setxattr, p / "f", "trusted.t", b"1")
            p.do("trusted get", os.getxattr, p / "f", "trusted.t")
        self.same(scenario)
