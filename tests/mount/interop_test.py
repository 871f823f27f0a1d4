"""The store's objects are plain objects: independent clients (boto3, azure-storage-blob, rclone) read what the mount wrote, and the other way."""

import errno
import os
import pathlib
import random
import shutil
import stat
import subprocess
import time
import unittest

from mounting import case, clients

ATTRIBUTES_STALE_S = 1.2
MIB = 1 << 20


class with_client(case.mounted):
    """A mount, and a client of the same service beside it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if case.settings.backend == "r2":
            case.settings.store.proxy.set("forbid_every", 0)  # Other clients do not know what that 403 means.
        cls.client = clients.client_of(case.settings.store, cls.table())
        cls.client.keys(cls.table()["prefix"])  # Its connection is open before a test counts descriptors.

    @property
    def prefix(self):
        return f"{self.table()['prefix']}{self._testMethodName}/"

    def put(self, name, body=b"", **more):
        self.client.put(self.prefix + name, body, **more)

    def get(self, name):
        return self.client.get(self.prefix + name)

    def metadata(self, name):
        return self.client.metadata(self.prefix + name)

    @staticmethod
    def called(name):
        """What a name of metadata is on this service: on Azure they are identifiers."""
        return name.replace("-", "_") if case.settings.backend == "azure" else name

    def keys(self):
        return {key.removeprefix(self.prefix) for key in self.client.keys(self.prefix)}

    def stale(self):
        time.sleep(ATTRIBUTES_STALE_S)


class interop(with_client):
    def test_what_the_mount_wrote(self):
        contents = {"empty": b"", "small": b"hello\n", "folder/large": random.Random(1).randbytes(20 * MIB),
                    "ä ö+%&'()=~": b"odd name"}
        (self.mount / "folder").mkdir()
        for name, content in contents.items():
            (self.mount / name).write_bytes(content)
        for name, content in contents.items():
            self.assertEqual(self.get(name), content, name)
        self.assertEqual(self.keys() - {""}, {*contents, "folder/"})

    def test_metadata_that_the_mount_wrote(self):
        """AWS's own dialect: file-permissions in octal with the type, owner, group, times in nanoseconds."""
        path = self.mount / "f"
        path.write_bytes(b"x")
        os.chmod(path, 0o640)
        os.utime(path, ns=(1_600_000_000_000_000_001, 1_700_000_000_123_456_789))
        metadata = self.metadata("f")
        self.assertEqual(metadata[self.called("file-permissions")], "0100640")
        self.assertEqual(metadata[self.called("file-owner")], str(os.geteuid()))
        self.assertEqual(metadata[self.called("file-group")], str(os.getegid()))
        self.assertEqual(metadata[self.called("file-mtime")], "1700000000123456789ns")
        os.symlink("f", self.mount / "link")
        self.assertEqual(self.get("link"), b"f")
        self.assertEqual(self.metadata("link")[self.called("file-permissions")], "0120777")

    def test_what_others_wrote(self):
        large = random.Random(2).randbytes(12 * MIB)
        self.put("plain", b"plain", content={"content-type": "text/plain"})
        self.put("implied/by/key", b"deep")
        self.put("large", large)
        aws = {"file-permissions": "0100600", "file-owner": "12", "file-group": "34", "file-mtime": "1595002920000000000ns"}
        self.put("aws", b"1", metadata={self.called(name): value for name, value in aws.items()})
        self.put("s3fs", b"2", metadata={"mode": str(stat.S_IFREG | 0o751), "uid": "5", "gid": "6",
                                         "mtime": "1600000000.000000005"})
        self.put("rclone", b"3", metadata={"mtime": "1500000000.25"})
        self.put("marker/", b"", content={"content-type": "application/x-directory"})
        self.stale()
        self.assertEqual((self.mount / "plain").read_bytes(), b"plain")
        self.assertEqual((self.mount / "implied/by/key").read_bytes(), b"deep")
        self.assertEqual((self.mount / "large").read_bytes(), large)
        self.assertEqual(sorted(os.listdir(self.mount)), ["aws", "implied", "large", "marker", "plain", "rclone", "s3fs"])
        seen = os.stat(self.mount / "aws")
        self.assertEqual((oct(seen.st_mode), seen.st_uid, seen.st_gid, seen.st_mtime_ns),
                         ("0o100600", 12, 34, 1595002920000000000))
        seen = os.stat(self.mount / "s3fs")
        self.assertEqual((oct(seen.st_mode), seen.st_uid, seen.st_gid, seen.st_mtime_ns),
                         ("0o100751", 5, 6, 1600000000000000005))
        self.assertEqual(os.stat(self.mount / "rclone").st_mtime_ns, 1500000000250000000)
        self.assertTrue((self.mount / "marker").is_dir())

    def edited(self, size):
        """An object with everything that an edit must keep; appended to and overwritten through the mount."""
        base = random.Random(size).randbytes(size)
        headers = {"content-type": "text/x-log", "cache-control": "max-age=7", "content-disposition": "inline",
                   "content-encoding": "identity", "content-language": "de"}
        tags = {"project": "seven", "kind": "log"} if self.client.has_tags else {}
        self.put("f", base, metadata={self.called("somebody-elses"): "kept"}, content=headers, tags=tags)
        self.stale()
        with open(self.mount / "f", "ab") as file:
            file.write(b"appended")
        with open(self.mount / "f", "r+b") as file:
            file.write(b"over")
        self.assertEqual(self.get("f"), b"over" + base[4:] + b"appended")
        self.assertEqual(self.client.content(self.prefix + "f"), headers)
        self.assertEqual(self.metadata("f").get(self.called("somebody-elses")), "kept")
        if tags:
            self.assertEqual(self.client.tags(self.prefix + "f"), tags)

    def test_an_edit_keeps_what_it_does_not_change(self):
        self.edited(1000)

    def test_an_edit_of_a_large_object_keeps_what_it_does_not_change(self):
        self.edited(11 * MIB)

    def test_removal_is_seen_both_ways(self):
        self.put("theirs", b"x")
        self.stale()
        os.unlink(self.mount / "theirs")
        self.assertNotIn("theirs", self.keys())
        (self.mount / "ours").write_bytes(b"y")
        self.client.remove(self.prefix + "ours")
        self.stale()
        self.assertFalse((self.mount / "ours").exists())

    def test_rclone_checks_the_tree(self):
        tree = self.native / "tree"
        for number in range(30):
            path = tree / f"d{number % 3}" / f"f{number}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(random.Random(number).randbytes(number * 1000))
        subprocess.run(["cp", "-r", tree, self.mount / "tree"], check=True)
        variables, root = self.client.rclone()
        environment = clients.environment({"RCLONE_CONFIG": os.devnull, **variables})
        remote = f"{root}/{self.prefix}"

        def rclone(*words):
            done = subprocess.run(["rclone", *map(str, words)], env=environment, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
        rclone("check", "--download", tree, f"{remote}tree")
        if case.settings.backend == "r2":
            return  # This rclone asks for an ACL with each upload, which the stand-in refuses.
        rclone("copy", tree, f"{remote}from-rclone")
        self.stale()
        done = subprocess.run(["diff", "-r", tree, self.mount / "from-rclone"], capture_output=True, text=True)
        self.assertEqual(done.stdout + done.stderr, "")
        for path in pathlib.Path(tree).rglob("f*"):
            copy = self.mount / "from-rclone" / path.relative_to(tree)
            self.assertEqual(os.stat(copy).st_mtime_ns, path.stat().st_mtime_ns, path)


class azure_conventions(with_client):
    """How blobfuse2, AzCopy and rclone keep directories and symbolic links in Azure, and its kinds of blobs."""

    @classmethod
    def setUpClass(cls):
        if case.settings.backend != "azure":
            raise unittest.SkipTest("of Azure alone")
        super().setUpClass()

    def test_what_the_mount_wrote(self):
        (self.mount / "folder").mkdir()
        os.symlink("folder/file", self.mount / "link")
        self.assertEqual(self.metadata("folder/").get("hdi_isfolder"), "true")
        self.assertEqual(self.metadata("link").get("is_symlink"), "true")
        self.assertEqual(self.get("link"), b"folder/file")

    def test_what_others_wrote(self):
        for folder in ("theirs", "theirs/below", "moved"):
            self.put(folder, metadata={"hdi_isfolder": "true"})
        self.put("theirs/file", b"content")
        self.put("theirs/link", b"file", metadata={"is_symlink": "true"})
        self.put("moved/file", b"moves")
        self.stale()
        self.assertEqual(sorted(os.listdir(self.mount)), ["moved", "theirs"])
        self.assertTrue((self.mount / "theirs/below").is_dir())
        self.assertEqual(os.readlink(self.mount / "theirs/link"), "file")
        self.assertEqual((self.mount / "theirs/link").read_bytes(), b"content")
        os.rename(self.mount / "moved", self.mount / "new")
        self.assertEqual((self.mount / "new/file").read_bytes(), b"moves")
        shutil.rmtree(self.mount / "theirs")
        self.assertEqual(sorted(os.listdir(self.mount)), ["new"])
        self.assertFalse({key for key in self.keys() if key.startswith(("theirs", "moved"))})

    def test_no_backslash_becomes_a_slash(self):
        (self.mount / "folder").mkdir()
        (self.mount / "folder/file").write_bytes(b"content")
        for call in (os.mkdir, lambda path: path.write_bytes(b"other"), lambda path: os.rename(self.mount / "folder", path)):
            with self.assertRaises(OSError) as refused:
                call(self.mount / "folder\\file")
            self.assertEqual(refused.exception.errno, errno.EILSEQ)
        self.assertEqual(self.get("folder/file"), b"content")

    def test_blobs_of_other_kinds(self):
        log, page = self.client.blob(self.prefix + "log"), self.client.blob(self.prefix + "page")
        log.create_append_blob()
        log.append_block(b"one\n")
        page.create_page_blob(4096)
        page.upload_page(b"p" * 512, 0, 512)
        self.stale()
        self.assertEqual((self.mount / "log").read_bytes(), b"one\n")
        self.assertEqual((self.mount / "page").read_bytes(), b"p" * 512 + b"\0" * 3584)
        with self.assertRaises(OSError) as refused:
            with open(self.mount / "page", "r+b") as file:
                file.write(b"x")
        self.assertEqual(refused.exception.errno, errno.EOPNOTSUPP)
        self.assertEqual(page.download_blob().readall(), b"p" * 512 + b"\0" * 3584)
