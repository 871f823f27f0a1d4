"""Directories: listing while entries come and go, many entries, long names, deep trees."""

import ctypes
import errno
import os
import shutil
import stat

from mounting import case

_libc = ctypes.CDLL(None, use_errno=True)
_libc.opendir.restype = ctypes.c_void_p
_libc.readdir.restype = ctypes.c_void_p
_libc.telldir.restype = ctypes.c_long


class dirent(ctypes.Structure):
    _fields_ = [("ino", ctypes.c_uint64), ("off", ctypes.c_int64), ("reclen", ctypes.c_uint16),
                ("type", ctypes.c_uint8), ("name", ctypes.c_char * 256)]


class Stream:
    """opendir and its family, which os.scandir hides."""

    def __init__(self, path):
        self.handle = ctypes.c_void_p(_libc.opendir(os.fsencode(path)))
        if not self.handle.value:
            raise OSError(ctypes.get_errno(), "opendir")

    def read(self):
        """The next entry, or None."""
        entry = _libc.readdir(self.handle)
        return dirent.from_address(entry) if entry else None

    def names(self):
        found = []
        while entry := self.read():
            found.append(entry.name.decode())
        return found

    def rewind(self):
        _libc.rewinddir(self.handle)

    def tell(self):
        return _libc.telldir(self.handle)

    def seek(self, place):
        _libc.seekdir(self.handle, ctypes.c_long(place))

    def close(self):
        _libc.closedir(self.handle)


class directory(case.mounted):
    def fill(self, count):
        for number in range(count):
            os.close(os.open(self.mount / f"file{number:05}", os.O_CREAT | os.O_WRONLY))

    def test_entries(self):
        def scenario(p):
            p.write_file("f", b"")
            os.mkdir(p / "d")
            os.symlink("x", p / "s")
            os.mkfifo(p / "p")
            os.mknod(p / "m", 0o600 | stat.S_IFREG)
            stream = Stream(p.root)
            found = []
            while entry := stream.read():
                found.append((entry.name.decode(), entry.type))
            stream.close()
            p.note("entries with types", sorted(found))
            with os.scandir(p.root) as entries:
                p.note("inodes agree", all(entry.inode() == os.lstat(entry.path).st_ino for entry in entries))
            p.do("list a file", os.listdir, p / "f")
            p.do("list nothing", os.listdir, p / "no")
        self.same(scenario)

    def test_ten_thousand(self):
        count = case.many(10_000) + 100  # More than a page of any service's listing.
        self.fill(count)
        names = os.listdir(self.mount)
        self.assertEqual(sorted(names), [f"file{number:05}" for number in range(count)])
        shutil.rmtree(self.mount)
        self.assertFalse(self.mount.exists())

    def test_rm_r(self):
        """rm deletes while it lists; what it missed would make the rmdir fail."""
        import subprocess
        self.fill(case.many(10_000) + 100)
        subprocess.run(["rm", "-r", self.mount], check=True)
        self.assertFalse(self.mount.exists())

    def test_unlink_each_entry_as_it_comes(self):
        count = case.many(3000)
        self.fill(count)
        stream = Stream(self.mount)
        seen = []
        while entry := stream.read():
            name = entry.name.decode()
            if name not in (".", ".."):
                seen.append(name)
                os.unlink(self.mount / name)
        stream.close()
        self.assertEqual(sorted(seen), [f"file{number:05}" for number in range(count)])
        self.assertEqual(os.listdir(self.mount), [])

    def test_entries_that_stay_come_exactly_once(self):
        """Whatever is created and deleted meanwhile, an entry that is there all the time comes once."""
        count = case.many(4000)
        self.fill(count)
        stays = {f"file{number:05}" for number in range(0, count, 2)}
        stream = Stream(self.mount)
        seen, step = [], 0
        while entry := stream.read():
            seen.append(entry.name.decode())
            odd = 2 * step + 1
            if odd < count:
                os.unlink(self.mount / f"file{odd:05}")
                os.close(os.open(self.mount / f"new{step}", os.O_CREAT | os.O_WRONLY))
            step += 1
        stream.close()
        for name in stays:
            self.assertEqual(seen.count(name), 1, name)
        self.assertEqual(len(seen), len(set(seen)), "an entry came twice")

    def test_rename_while_listing(self):
        count = case.many(1000)
        self.fill(count)
        stream = Stream(self.mount)
        first = stream.read().name.decode()
        for number in range(0, count, 2):
            os.rename(self.mount / f"file{number:05}", self.mount / f"moved{number:05}")
        rest = stream.names()
        stream.close()
        for number in range(1, count, 2):
            self.assertEqual([first, *rest].count(f"file{number:05}"), 1)

    def test_rewind_sees_what_is_new(self):
        self.fill(10)
        stream = Stream(self.mount)
        before = stream.names()
        (self.mount / "later").write_bytes(b"")
        os.unlink(self.mount / "file00003")
        stream.rewind()
        after = stream.names()
        stream.close()
        self.assertNotIn("later", before)
        self.assertIn("later", after)
        self.assertNotIn("file00003", after)

    def test_seekdir_returns(self):
        count = case.many(2000)
        self.fill(count)
        stream = Stream(self.mount)
        places, names = [], []
        while True:
            place = stream.tell()
            entry = stream.read()
            if not entry:
                break
            places.append(place)
            names.append(entry.name)
        for index in (0, 1, 7, count // 4, count - 1, count // 2, 3):
            stream.seek(places[index])
            self.assertEqual(stream.read().name, names[index])
        stream.seek(places[count - 50])
        os.unlink(self.mount / "file00001")
        self.assertIn(stream.read().name, names[count - 50:count - 48])
        stream.close()

    def test_two_readers(self):
        self.fill(500)
        one, two = Stream(self.mount), Stream(self.mount)
        first = [one.read().name for _ in range(100)]
        whole = two.names()
        first += [name.encode() for name in one.names()]
        one.close()
        two.close()
        self.assertEqual(sorted(first), sorted(name.encode() for name in whole))

    def test_names(self):
        def scenario(p):
            for name in ("n" * 255, "n" * 256, "ü" * 127, "ü" * 128, " ", "  x", "-rf", "a\nb", "*?[", "~", "...",
                         "日本語", "e\u0301", "\u00e9", "tab\t", "quote'\"", "#hash", "per%cent", "plus+&=", "a;b:c@"):
                p.do(f"create {len(name)}", lambda: p.write_file(name, b"x"))
                p.do(f"mkdir {len(name)}", os.mkdir, p / (name[:-1] + "d"))
            if p.can("backslashes"):
                p.do("backslash", lambda: p.write_file("a\\b", b"x"))
            if p.can("any_bytes"):
                p.do("bytes that are no UTF-8", lambda: p.write_file(os.fsdecode(b"\xff\xfe"), b""))
            p.list()
            p.do("long lookup", os.stat, p / ("n" * 256))
            p.do("long unlink", os.unlink, p / ("n" * 256))
            p.do("long mkdir", os.mkdir, p / ("n" * 256))
            p.do("long rmdir", os.rmdir, p / ("n" * 256))
            p.do("long symlink", os.symlink, "x", p / ("n" * 256))
            p.do("empty name", os.stat, p.root + "/" + "")
        self.same(scenario)

    def test_names_that_are_no_utf8_work_or_are_refused(self):
        name = self.mount / os.fsdecode(b"\xff\xfe")
        try:
            name.write_bytes(b"x")
        except OSError as failure:
            self.assertEqual(failure.errno, errno.EILSEQ)
            self.assertFalse(case.can("any_bytes"))
            self.assertFalse(name.exists())
            self.assertEqual(os.listdir(self.mount), [])
        else:
            self.assertEqual(os.listdir(self.mount), [name.name])

    def test_paths_to_their_bound(self):
        """A path of 900 bytes works anywhere; what is too long is refused whole, and changes nothing."""
        path = self.mount
        while len(os.fsencode(path.relative_to(self.point))) < 700:
            path = path / ("d" * 100)
            path.mkdir()
        file = path / ("f" * (899 - len(os.fsencode(path.relative_to(self.point)))))
        file.write_bytes(b"deep")
        self.assertEqual(file.read_bytes(), b"deep")
        with self.assertRaises(OSError) as refused:
            for _ in range(50):
                path = path / ("d" * 100)
                path.mkdir()
        self.assertEqual(refused.exception.errno, errno.ENAMETOOLONG)
        with self.assertRaises(OSError) as refused:
            (path.parent / ("f" * 200)).write_bytes(b"x")
        self.assertEqual(refused.exception.errno, errno.ENAMETOOLONG)
        self.assertEqual(os.listdir(path.parent), [])

    @case.needs("long_paths")
    def test_long_paths(self):
        """Paths up to PATH_MAX work, and beyond it by directory descriptors."""
        def scenario(p):
            def path_of(length):
                """A path of exactly that many bytes, made of nested folders."""
                path = p.root
                while length - len(path) > 202:
                    path += "/" + "d" * 200
                    if not os.path.isdir(path):
                        os.mkdir(path)
                return path + "/" + "f" * (length - len(path) - 1)

            for length in (1000, 2000, 4094, 4095, 4096):
                name = path_of(length)
                p.do(f"create {length}", lambda: os.close(os.open(name, os.O_CREAT | os.O_WRONLY)))
                p.do(f"stat {length}", lambda: os.stat(name).st_size)
            fd = os.open(p.root, os.O_RDONLY)
            for level in range(60):
                try:
                    os.mkdir("x" * 100, dir_fd=fd)
                    deeper = os.open("x" * 100, os.O_RDONLY, dir_fd=fd)
                except OSError as failure:
                    p.note(f"level {level}", failure.errno)
                    break
                os.close(fd)
                fd = deeper
            p.do("deep file", lambda: os.close(os.open("deep", os.O_CREAT | os.O_WRONLY, dir_fd=fd)))
            p.do("deep list", os.listdir, fd)
            os.close(fd)
        self.same(scenario)
        import subprocess
        subprocess.run(["rm", "-rf", self.mount], check=True)
        self.assertFalse(self.mount.exists())

    def test_deep_tree(self):
        path = self.mount
        for level in range(300):
            path = path / "d"
            path.mkdir()
        (path / "leaf").write_bytes(b"deep")
        self.assertEqual((path / "leaf").read_bytes(), b"deep")
        for _ in range(300):
            path = path / ".."
        self.assertTrue(os.path.samefile(path, self.mount))
        os.rename(self.mount / "d", self.mount / "e")
        self.assertEqual((self.mount / ("e" + "/d" * 299) / "leaf").read_bytes(), b"deep")
        shutil.rmtree(self.mount / "e")

    def test_dot_and_dotdot(self):
        def scenario(p):
            os.mkdir(p / "d")
            os.mkdir(p / "d/e")
            p.note("dot", os.stat(p / "d/.").st_ino == os.stat(p / "d").st_ino)
            p.note("dotdot", os.stat(p / "d/e/..").st_ino == os.stat(p / "d").st_ino)
            p.do("mkdir dot", os.mkdir, p / "d/.")
            p.do("rmdir dotdot", os.rmdir, p / "d/e/..")
            os.rename(p / "d/e", p / "e")
            p.note("dotdot follows", os.stat(p / "e/..").st_ino == os.stat(p.root).st_ino)
            fd = os.open(p / "e", os.O_RDONLY)
            p.note("listed dot", sorted(Stream(p / "e").names()))
            os.close(fd)
        self.same(scenario)

    def test_find_and_du(self):
        """What programs count is what is there."""
        import subprocess
        for number in range(20):
            (self.mount / f"d{number}").mkdir()
            for file in range(20):
                (self.mount / f"d{number}/f{file}").write_bytes(b"x" * file)
        found = subprocess.run(["find", self.mount, "-type", "f"], capture_output=True, check=True).stdout
        self.assertEqual(found.count(b"\n"), 400)
        size = subprocess.run(["du", "-sb", "--apparent-size", self.mount], capture_output=True, check=True).stdout
        self.assertGreaterEqual(int(size.split()[0]), 20 * sum(range(20)))
