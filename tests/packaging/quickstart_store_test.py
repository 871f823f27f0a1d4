"""packaging/quickstart DIR URI of an object store, with nothing but its provider's variables set, on a real server."""

import os
import pathlib
import subprocess
import sys

import quickstart_test

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from servers.azurite import AzuriteServer  # noqa: E402
from servers.seaweed import SeaweedServer  # noqa: E402


class QuickstartOnAStore(quickstart_test.Home):
    def check(self, server, source, prefix):
        variables = {key: value for key, value in server.environment().items() if key.startswith(prefix)}
        said = self.quickstart(self.point, source, adds=variables).stdout
        self.assertIn("one more line", said)
        (self.point / "kept").write_text("content")
        self.assertEqual(os.listdir(self.point), ["kept"])
        self.assertFalse((self.home / ".config").exists())
        self.assertIn("is mounted already", self.quickstart(self.point, source, adds=variables).stdout)
        # What it says about unmounting and mounting again is true.
        lines = dict(line.split(":", 1) for line in said.splitlines() if line.startswith(("Unmount:", "Mount again:")))
        environment = {**os.environ, **variables, "HOME": str(self.home)}
        subprocess.run(lines["Unmount"].split() + ["--wait"], check=True, env=environment)
        subprocess.run(["sh", "-c", lines["Mount again"]], check=True, env=environment)
        self.assertEqual((self.point / "kept").read_text(), "content")
        subprocess.run(lines["Unmount"].split() + ["--wait"], check=True, env=environment)

    def test_s3(self):
        with SeaweedServer() as server:
            self.check(server, f"s3://{server.bucket}", "AWS_")

    def test_azure(self):
        with AzuriteServer() as server:
            self.check(server, f"az://{server.account}/{server.container}", "AZURE_")


if __name__ == "__main__":
    quickstart_test.main()
