"""Requests that fail: programs do not notice, what was applied without a reply is applied once, and what cannot work is said."""

import errno
import json
import os
import random
import shutil
import subprocess
import unittest

from mounting import case
from mounting.faulty import faulty
from programs_test import repository

MIB = 1 << 20


def edit_at_random(path, seed, operations):
    """Edits a file as fsx does, each read checked against what was written. Returns: what it must hold."""
    chance = random.Random(seed)
    held = bytearray()
    fd = os.open(path, os.O_RDWR | os.O_CREAT)
    for number in range(operations):
        at, size = chance.randrange(len(held) + 200_000), chance.randrange(1, 300_000)
        what = chance.choice(("write", "write", "append", "read", "read", "truncate", "sync", "reopen"))
        if what == "append":
            at = len(held)
        if what in ("write", "append"):
            data = chance.randbytes(size)
            if os.pwrite(fd, data, at) != size:
                raise AssertionError("a short write")
            held.extend(bytes(max(0, at + size - len(held))))
            held[at:at + size] = data
        elif what == "read":
            if os.pread(fd, size, at) != bytes(held[at:at + size]):
                raise AssertionError(f"operation {number} of seed {seed}: {size} bytes at {at} differ")
        elif what == "truncate":
            os.ftruncate(fd, at)
            held.extend(bytes(max(0, at - len(held))))
            del held[at:]
        elif what == "sync":
            os.fsync(fd)
        else:
            os.close(fd)
            fd = os.open(path, os.O_RDWR)
    os.close(fd)
    return bytes(held)


class requests_fail(faulty):
    """One request in ten fails while programs work; they see nothing of it, and every byte is right."""

    def while_failing(self, *rules):
        tree, git = self.native / "tree", repository(self.native)
        chance = random.Random(case.settings.seed)
        for number, size in enumerate((0, 1, 4096, 70_000, 700_000, 6 * MIB, 20 * MIB)):
            (tree / f"folder{number % 3}").mkdir(parents=True, exist_ok=True)
            (tree / f"folder{number % 3}" / f"file{number}").write_bytes(chance.randbytes(size))
        with self.proxy.breaking(f"seed {case.settings.seed % 1000}", *rules):
            shutil.copytree(tree, self.mount / "tree")
            subprocess.run(["cp", "-r", self.mount / "tree", self.mount / "again"], check=True)
            os.rename(self.mount / "again", self.mount / "copy")
            clone = self.mount / "clone"
            git("init", "-q", clone)
            for number in range(3):
                (clone / f"file{number}").write_text(f"line {number}\n" * 1000)
                git("add", "-A", cwd=clone)
                git("commit", "-qm", f"change {number}", cwd=clone)
            git("gc", "--quiet", cwd=clone)
            edited = edit_at_random(self.mount / "edited", case.settings.seed, case.many(300))
            shutil.rmtree(self.mount / "copy" / "folder1")
            broken = sum(self.proxy.faults().values())
        print(f"{broken} requests failed", flush=True)
        self.assertGreater(broken, 10)
        self.remount()
        shutil.copytree(tree, self.native / "copy", ignore=shutil.ignore_patterns("folder1"))
        for name in ("tree", "copy"):
            self.same_trees(self.native / name, self.mount / name, times=False)
        self.assertEqual((self.mount / "edited").read_bytes(), edited)
        self.assertEqual(self.stored(self.mount / "edited"), edited)
        git("fsck", "--full", "--strict", cwd=self.mount / "clone")
        self.assertEqual(git("status", "--porcelain", cwd=self.mount / "clone"), "")

    def test_slow_down_and_delays(self):
        self.while_failing("503:5", "429:3,retry_after=1,count=8", "429:3", "delay:5,seconds=0.1")

    def test_500(self):
        self.while_failing("500:10")

    def test_resets(self):
        self.while_failing("reset:10")

    def test_truncated_bodies(self):
        self.while_failing("truncated:10")

    def test_lost_replies(self):
        self.while_failing("lost:5", "500-lost:5")


@unittest.skipUnless(case.settings.backend == "s3", "only S3 gives a checksum of what is read")
class bytes_are_damaged(faulty):
    """Bytes that do not have the checksum of the object are asked for again, and reach nobody."""

    sizes = (5, 70_000)  # What is read as a whole.

    def test_on_the_way(self):
        held = {f"file{size}": os.urandom(size) for size in self.sizes}
        for name, data in held.items():
            (self.mount / name).write_bytes(data)
        self.remount()
        for name, data in held.items():
            with self.proxy.breaking(self.on("get", f"flipped,count=1,target={name}$")):
                self.assertEqual((self.mount / name).read_bytes(), data)
                self.assertEqual(self.proxy.faults(), {"flipped": 1})

    def test_for_good(self):
        (self.mount / "file").write_bytes(b"content")
        self.remount()
        with self.proxy.breaking(self.on("get", "flipped,target=file$")):
            with self.assertRaises(OSError) as heard:
                (self.mount / "file").read_bytes()
        self.assertEqual(heard.exception.errno, errno.EIO)
        self.assertIn("checksum", self.logged("request failed")[-1])
        self.assertEqual((self.mount / "file").read_bytes(), b"content")


class replies_are_lost(faulty):
    """A request that was carried out, though nobody heard so, is carried out once."""

    def losing(self, request, work, fault="lost"):
        """Does what sends a request whose first reply is lost."""
        with self.proxy.breaking(self.on(request, f"{fault},count=1")):
            work()
            self.assertEqual(self.proxy.faults(), {fault: 1}, self.proxy.log()[:10])

    def check(self, name, expected):
        self.assertEqual((self.mount / name).read_bytes(), expected)
        self.assertEqual(self.stored(self.mount / name), expected)

    def append(self, name, data):
        fd = os.open(self.mount / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(fd, data)
        os.fsync(fd)
        os.close(fd)

    def test_a_small_append_is_not_doubled(self):
        expected = b""
        for number, fault in enumerate(("lost", "drop", "500-lost", "502-lost") * 3):
            record = f"record {number}\n".encode()
            self.losing("put", lambda: self.append("log", record), fault)
            expected += record
            self.check("log", expected)

    def test_a_large_append_is_not_doubled(self):
        expected = random.Random(1).randbytes(12 * MIB)
        (self.mount / "log").write_bytes(expected)
        faults = ("lost", "drop", "500-lost", "200-error-lost" if case.settings.store.fails_with_200 else "502-lost")
        for number, fault in enumerate(faults):
            record = f"record {number}\n".encode()
            self.losing("complete", lambda: self.append("log", record), fault)
            expected += record
            self.check("log", expected)

    def test_a_streamed_file(self):
        data = random.Random(2).randbytes(24 * MIB)
        for request in ("begin", "part", "complete"):
            self.losing(request, lambda: (self.mount / request).write_bytes(data))
            self.check(request, data)

    def test_exclusive_creation_and_directories(self):
        def create():
            os.close(os.open(self.mount / "new", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        self.losing("put", create)
        with self.assertRaises(FileExistsError):
            create()
        self.losing("put", lambda: os.mkdir(self.mount / "folder"))
        self.losing("put", lambda: os.symlink("target", self.mount / "link"))
        self.assertEqual(os.readlink(self.mount / "link"), "target")

    def test_removal(self):
        (self.mount / "file").write_bytes(b"content")
        self.losing("delete", lambda: os.unlink(self.mount / "file"))
        self.assertFalse((self.mount / "file").exists())
        os.mkdir(self.mount / "folder")
        self.losing("delete", lambda: os.rmdir(self.mount / "folder"))
        self.assertEqual(os.listdir(self.mount), [])

    def test_rename(self):
        for size in (100, 9 * MIB):
            data = random.Random(size).randbytes(size)
            for request in ("copy", "delete"):
                (self.mount / "from").write_bytes(data)
                self.losing(request, lambda: os.rename(self.mount / "from", self.mount / "to"))
                self.assertEqual(os.listdir(self.mount), ["to"])
                self.check("to", data)
                os.unlink(self.mount / "to")

    def test_errors_inside_of_200(self):
        """They are failures: what they answered was not done, and is done again."""
        if not case.settings.store.fails_with_200:
            self.skipTest("the service knows the outcome before it replies")
        data = random.Random(3).randbytes(24 * MIB)
        self.losing("complete", lambda: (self.mount / "file").write_bytes(data), "200-error")
        self.check("file", data)
        (self.mount / "small").write_bytes(b"content")
        self.losing("copy", lambda: os.rename(self.mount / "small", self.mount / "moved"), "200-error")
        self.check("moved", b"content")


def refused(test, call, *arguments):
    """The name of the errno that a call fails with."""
    with test.assertRaises(OSError) as failure:
        call(*arguments)
    return errno.errorcode[failure.exception.errno]


def needs_probing(test):
    """R2 and Azure are known to honour conditions, and are not asked."""
    if case.settings.backend != "s3":
        test.skipTest("the service is not probed")


class conditions_are_ignored(faulty):
    """A store that takes conditional requests and ignores the conditions can be read, and not written."""

    rules_at_start = ("unconditional",)

    def setUp(self):
        needs_probing(self)  # Before anything is written.

    def test_it_is_read_only(self):
        for call in (os.mkdir, lambda path: path.write_bytes(b"content")):
            self.assertEqual(refused(self, call, self.point / "name"), "EROFS")
        self.assertEqual(os.listdir(self.point), [])
        told = self.logged("unsafe_without_conditions")
        self.assertEqual(len(told), 1, told)


class conditions_are_ignored_knowingly(faulty):
    rules_at_start = ("unconditional",)
    settings = {"unsafe_without_conditions": True}

    def setUp(self):
        needs_probing(self)
        super().setUp()

    def test_it_can_be_written(self):
        (self.mount / "file").write_bytes(b"content")
        self.assertEqual(self.stored(self.mount / "file"), b"content")


class credentials_expire(faulty):
    """Credentials that are lent for a time are renewed without a remount, in the middle of an upload too."""

    settings = {"profile": "lent"}

    @classmethod
    def setUpClass(cls):
        if case.settings.backend not in ("s3", "r2"):
            raise unittest.SkipTest("profiles and their tokens are AWS's")
        cls.folder = case.settings.work / "credentials"
        cls.folder.mkdir()
        cls.tokens = []
        cls.renew()
        before = {name: os.environ.get(name) for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")}
        cls.addClassCleanup(lambda: [os.environ.pop(name) if value is None else os.environ.update({name: value})
                                     for name, value in before.items()])
        os.environ |= {"AWS_CONFIG_FILE": str(cls.folder / "config"),
                       "AWS_SHARED_CREDENTIALS_FILE": str(cls.folder / "credentials")}
        super().setUpClass()

    @classmethod
    def renew(cls, by_process=True):
        """Lends new credentials, to whoever asks from now on."""
        server = case.settings.store.server
        cls.tokens.append(f"token{len(cls.tokens)}")
        lent = {"AccessKeyId": server.access_key, "SecretAccessKey": server.secret_key, "SessionToken": cls.tokens[-1]}
        (cls.folder / "lent.json").write_text(json.dumps({"Version": 1, "Expiration": "2099-01-01T00:00:00Z", **lent}))
        (cls.folder / "config").write_text(
            f"[profile lent]\ncredential_process = cat {cls.folder}/lent.json\n" if by_process else "")
        names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        lines = [f"{name} = {value}" for name, value in zip(names, lent.values())]
        (cls.folder / "credentials").write_text("" if by_process else "\n".join(["[lent]", *lines, ""]))

    @classmethod
    def table(cls):
        table = super().table()
        return {key: value for key, value in table.items() if key not in ("access_key_id", "secret_access_key")}

    def setUp(self):
        super().setUp()
        self.proxy.rules()
        self.remount()  # Refused twice within seconds they would be refused for good.

    def upload(self, by_process):
        """Writes a file, half of it before its credentials expire."""
        data = random.Random(4).randbytes(24 * MIB)
        with open(self.mount / "file", "wb") as file:
            file.write(data[:len(data) // 2])
            self.renew(by_process)
            self.proxy.rules(*(f"expired,token={token}" for token in self.tokens[:-1]))
            file.write(data[len(data) // 2:])
        self.assertIn("expired", self.proxy.faults())
        self.assertEqual(self.stored(self.mount / "file"), data)

    def test_from_a_process(self):
        self.upload(by_process=True)

    def test_from_a_file(self):
        self.upload(by_process=False)


class the_clock_is_wrong(faulty):
    """Requests are signed with the service's time, and the log says why."""

    rules_at_start = ("skewed,seconds=3600",)

    def test_it_is_corrected(self):
        (self.mount / "file").write_bytes(b"content")
        self.assertEqual(self.stored(self.mount / "file"), b"content")
        told = self.logged("clock of this machine")
        self.assertEqual(len(told), 1, told)
        self.assertIn("behind", told[0])
