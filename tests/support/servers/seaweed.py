"""SeaweedFS, a real S3 server, on loopback ports of its own.

What it does otherwise than S3, for whoever writes a test against it: listings are not in byte order where a key has a
`/` at a place where another one has a smaller byte; the last object that leaves a folder may leave the folder in
listings; keys with `//`, `.` or `..` segments, a backslash, or a segment over 255 bytes are refused or changed; more
than 2 KB of metadata is taken; a body that differs from its x-amz-content-sha256 is taken; part copies between
objects under customer keys are missing; what is put under a key that ends in a `/` keeps no metadata; of completions
that race under one condition several succeed, so that all but one are lost (seen with boto3 in 12 of 40 rounds).
"""

import json
import pathlib
import subprocess
import urllib.request

from . import ports
from .server import Server
from .sigv4 import signed

GRPC = 10000  # What it adds to a port for its gRPC twin.


class SeaweedServer(Server):
    folder_prefix = "rfs-weed-"
    access_key, secret_key, region = "test-access-key", "test-secret-key", "us-east-1"

    def __init__(self, bucket="test-bucket"):
        self.bucket = bucket
        self.port = self.program = None

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def prepare(self):
        self.program = subprocess.run([pathlib.Path(__file__).with_name("install")], check=True, text=True,
                                      stdout=subprocess.PIPE).stdout.strip()

    def run(self):
        """Returns when the bucket is there."""
        identities = self.folder / "identities.json"
        identities.write_text(json.dumps({"identities": [{
            "name": "test", "credentials": [{"accessKey": self.access_key, "secretKey": self.secret_key}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}))
        (self.folder / "data").mkdir()
        self.port, master, volume, filer = ports.free(4, also=(0, GRPC))
        command = [self.program, "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={self.folder}/data", "-s3",
                   f"-s3.port={self.port}", f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}",
                   "-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={identities}", "-s3.domainName=localhost",
                   "-master.telemetry=false", "-master.volumeSizeLimitMB=1024", "-volume.max=0",
                   "-volume.preStopSeconds=0"]
        self.begin(command, {"WEED_S3_SSE_KEY": "a key of the tests alone"})  # Without one it refuses SSE-S3.
        self._make_bucket()

    def _make_bucket(self):
        url = f"{self.endpoint}/{self.bucket}"
        headers = signed("PUT", url, {}, self.access_key, self.secret_key, self.region)
        urllib.request.urlopen(urllib.request.Request(url, method="PUT", headers=headers), timeout=30).close()

    def environment(self):
        """The variables that name it, as any S3 program reads them."""
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key,
                "AWS_ENDPOINT_URL": self.endpoint, "AWS_REGION": self.region, "AWS_ALLOW_HTTP": "true",
                "S3_TEST_BUCKET": self.bucket}
