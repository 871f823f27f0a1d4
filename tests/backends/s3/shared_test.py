#!/usr/bin/env python3
"""Objects are shared with every other S3 client: boto3 reads what the store wrote, and the store what boto3 wrote.

shared_test.py PROGRAM, beside a server (with_s3.py); PROGRAM holds the store's half.
"""

import os
import subprocess
import sys
import unittest

try:
    import boto3
    from botocore.config import Config
except ImportError:
    sys.exit("shared_test.py: needs python3-boto3")

MIB = 1 << 20
BUCKET = os.environ["S3_TEST_BUCKET"]
STRICT = "S3_TEST_STRICT_R2" in os.environ
PROGRAM = sys.argv.pop()
client = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name=os.environ["AWS_REGION"],
                      config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 10}))


def persistent(call, **arguments):
    """The stand-in answers some requests with 403 for a 429, which boto3 does not repeat."""
    for _ in range(5):
        try:
            return call(Bucket=BUCKET, **arguments)
        except client.exceptions.ClientError as why:
            if not STRICT or why.response["ResponseMetadata"]["HTTPStatusCode"] != 403:
                raise
    return call(Bucket=BUCKET, **arguments)


def pattern(size, seed):
    made = bytearray(size)
    for i in range(size):
        seed = (seed * 1664525 + 1013904223) & 0xFFFFFFFF
        made[i] = seed >> 24
    return bytes(made)


def store(tag):
    subprocess.run([PROGRAM, tag], check=True)


class SharedTest(unittest.TestCase):
    def test_what_the_store_wrote(self):
        store("[.write]")
        small = persistent(client.get_object, Key="shared/small é +%")
        self.assertEqual(small["Body"].read(), b"small content")
        self.assertEqual(small["ContentType"], "text/x-test")
        self.assertEqual(small["CacheControl"], "no-cache")
        # What ASCII cannot hold comes as RFC 2047 words, as the service itself would give it.
        self.assertEqual(small["Metadata"], {"name": "value", "unicode": "=?UTF-8?B?Z3LDtsOfZQ==?="})
        large = persistent(client.get_object, Key="shared/large")
        self.assertEqual(large["Body"].read(), pattern(5 * MIB, 3) + pattern(5 * MIB, 4) + b"tail")
        self.assertEqual(large["Metadata"]["name"], "value")
        keys = [one["Key"] for one in persistent(client.list_objects_v2, Prefix="shared/")["Contents"]]
        self.assertLessEqual({"shared/small é +%", "shared/large", "shared/base"}, set(keys))

    def test_what_the_store_reads(self):
        more = {} if STRICT else {"Tagging": "a=b"}
        persistent(client.put_object, Key="shared/theirs ü&+", Body=b"written by others", ContentType="text/y-test",
                   ContentDisposition="inline", Metadata={"Key": "theirs"}, **more)
        upload = persistent(client.create_multipart_upload, Key="shared/theirs large")["UploadId"]
        parts = [{"PartNumber": n, "ETag": persistent(client.upload_part, Key="shared/theirs large", UploadId=upload,
                                                      PartNumber=n, Body=b"L" * (6 * MIB))["ETag"]} for n in (1, 2)]
        persistent(client.complete_multipart_upload, Key="shared/theirs large", UploadId=upload,
                   MultipartUpload={"Parts": parts})
        store("[.read]")


if __name__ == "__main__":
    unittest.main()
