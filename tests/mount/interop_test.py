"""The store's objects are plain objects: independent clients (boto3, rclone) read what the mount wrote, and the other way."""

import os
import pathlib
import random
import stat
import subprocess
import time

import boto3
from botocore.config import Config

from mounting import case

ATTRIBUTES_STALE_S = 1.2
MIB = 1 << 20


class interop(case.mounted):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if case.settings.backend == "r2":
            case.settings.store.proxy.set("forbid_every", 0)  # Other clients do not know what that 403 means.
        table = cls.table()
        cls.bucket = table["bucket"]
        cls.s3 = boto3.client("s3", endpoint_url=table["endpoint"], region_name=table["region"],
                              aws_access_key_id=table["access_key_id"],
                              aws_secret_access_key=table["secret_access_key"],
                              config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 10}))
        cls.s3.list_objects_v2(Bucket=cls.bucket, MaxKeys=1)  # Its connection is open before a test counts descriptors.

    @property
    def prefix(self):
        return f"{self.table()['prefix']}{self._testMethodName}/"

    def put(self, name, body=b"", **more):
        self.s3.put_object(Bucket=self.bucket, Key=self.prefix + name, Body=body, **more)

    def get(self, name):
        return self.s3.get_object(Bucket=self.bucket, Key=self.prefix + name)["Body"].read()

    def head(self, name):
        return self.s3.head_object(Bucket=self.bucket, Key=self.prefix + name)

    def keys(self):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        return {item["Key"].removeprefix(self.prefix) for page in pages for item in page.get("Contents", ())}

    def stale(self):
        time.sleep(ATTRIBUTES_STALE_S)

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
        metadata = self.head("f")["Metadata"]
        self.assertEqual(metadata["file-permissions"], "0100640")
        self.assertEqual(metadata["file-owner"], str(os.geteuid()))
        self.assertEqual(metadata["file-group"], str(os.getegid()))
        self.assertEqual(metadata["file-mtime"], "1700000000123456789ns")
        os.symlink("f", self.mount / "link")
        self.assertEqual(self.get("link"), b"f")
        self.assertEqual(self.head("link")["Metadata"]["file-permissions"], "0120777")

    def test_what_others_wrote(self):
        large = random.Random(2).randbytes(12 * MIB)
        self.put("plain", b"plain", ContentType="text/plain")
        self.put("implied/by/key", b"deep")
        self.put("large", large)
        self.put("aws", b"1", Metadata={"file-permissions": "0100600", "file-owner": "12", "file-group": "34",
                                        "file-mtime": "1595002920000000000ns"})
        self.put("s3fs", b"2", Metadata={"mode": str(stat.S_IFREG | 0o751), "uid": "5", "gid": "6",
                                         "mtime": "1600000000.000000005"})
        self.put("rclone", b"3", Metadata={"mtime": "1500000000.25"})
        self.put("marker/", b"", ContentType="application/x-directory")
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
        headers = {"ContentType": "text/x-log", "CacheControl": "max-age=7", "ContentDisposition": "inline",
                   "ContentEncoding": "identity", "ContentLanguage": "de"}
        tagging = {} if case.settings.backend == "r2" else {"Tagging": "project=seven&kind=log"}
        self.put("f", base, Metadata={"somebody-elses": "kept"}, **headers, **tagging)
        self.stale()
        with open(self.mount / "f", "ab") as file:
            file.write(b"appended")
        with open(self.mount / "f", "r+b") as file:
            file.write(b"over")
        self.assertEqual(self.get("f"), b"over" + base[4:] + b"appended")
        head = self.head("f")
        for name, value in headers.items():
            self.assertEqual(head.get(name), value, name)
        self.assertEqual(head["Metadata"].get("somebody-elses"), "kept")
        if tagging:
            tags = self.s3.get_object_tagging(Bucket=self.bucket, Key=self.prefix + "f")["TagSet"]
            self.assertEqual({tag["Key"]: tag["Value"] for tag in tags}, {"project": "seven", "kind": "log"})

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
        self.s3.delete_object(Bucket=self.bucket, Key=self.prefix + "ours")
        self.stale()
        self.assertFalse((self.mount / "ours").exists())

    def test_rclone_checks_the_tree(self):
        table = self.table()
        tree = self.native / "tree"
        for number in range(30):
            path = tree / f"d{number % 3}" / f"f{number}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(random.Random(number).randbytes(number * 1000))
        subprocess.run(["cp", "-r", tree, self.mount / "tree"], check=True)
        ours = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment = {**ours, "RCLONE_CONFIG": os.devnull,
                       "RCLONE_S3_PROVIDER": "Cloudflare" if case.settings.backend == "r2" else "Other",
                       "RCLONE_S3_ENDPOINT": table["endpoint"], "RCLONE_S3_ACCESS_KEY_ID": table["access_key_id"],
                       "RCLONE_S3_SECRET_ACCESS_KEY": table["secret_access_key"], "RCLONE_S3_REGION": table["region"],
                       "RCLONE_S3_NO_CHECK_BUCKET": "true"}
        remote = f":s3:{self.bucket}/{self.prefix}"

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
