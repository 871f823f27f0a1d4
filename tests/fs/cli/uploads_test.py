"""`randomiofs uploads list|abort`: the unfinished uploads of a real server, whoever began them."""

import pathlib
import sys
import time
import urllib.request
import xml.etree.ElementTree as xml

import program

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from servers.seaweed import SeaweedServer  # noqa: E402
from servers.sigv4 import signed  # noqa: E402

USAGE = 1


class Uploads(program.Case):
    @classmethod
    def setUpClass(cls):
        cls.server = SeaweedServer().start()
        cls.addClassCleanup(cls.server.stop)
        cls.environment = {**cls.server.environment(), "AWS_EC2_METADATA_DISABLED": "true"}

    def ask(self, method, target):
        server = self.server
        url = f"{server.endpoint}/{server.bucket}{target}"
        headers = signed(method, url, {}, server.access_key, server.secret_key, server.region)
        request = urllib.request.Request(url, method=method, headers=headers, data=b"" if method == "POST" else None)
        with urllib.request.urlopen(request, timeout=30) as reply:
            return [each.text for each in xml.fromstring(reply.read()).iter() if each.tag.endswith("UploadId")]

    def begin(self, key):
        return self.ask("POST", f"/{key}?uploads=")[0]

    def there(self):
        return sorted(self.ask("GET", "?uploads="))

    def uploads(self, *words, source=None):
        source = source or f"s3://{self.server.bucket}"
        return self.run_it("uploads", words[0], source, *words[1:], env=self.environment)

    def lines(self, *words, **more):
        """What it prints, as (key, id)."""
        done = self.uploads(*words, **more)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows = [line.split("\t") for line in done.stdout.splitlines()]
        for row in rows:
            time.strptime(row[0], "%Y-%m-%dT%H:%M:%SZ")
        return sorted(tuple(row[1:]) for row in rows)

    def test_list_and_abort(self):
        self.assertEqual(self.lines("list"), [])
        old = {"first": self.begin("first"), "folder/a b": self.begin("folder/a%20b")}
        time.sleep(3)
        new = {"folder/second": self.begin("folder/second")}
        self.assertEqual(self.lines("list"), sorted({**old, **new}.items()))
        self.assertEqual(self.lines("list", "--older-than", "2s"), sorted(old.items()))
        self.assertEqual(self.lines("list", "--older-than", "1d"), [])
        # Below a prefix keys are those that a mount of it would show.
        below = f"s3://{self.server.bucket}/folder"
        self.assertEqual(self.lines("list", source=below), [("a b", old["folder/a b"]), ("second", new["folder/second"])])

        self.assertEqual(self.lines("abort", "--older-than", "1d"), [])
        self.assertEqual(len(self.there()), 3)
        self.assertEqual(self.lines("abort", "--older-than", "2s", source=below), [("a b", old["folder/a b"])])
        self.assertEqual(self.there(), sorted([old["first"], new["folder/second"]]))
        self.assertEqual(self.lines("abort", "--older-than", "2s"), [("first", old["first"])])
        self.assertEqual(self.there(), [new["folder/second"]])
        self.assertEqual(self.lines("abort", "--older-than", "0"), sorted(new.items()))
        self.assertEqual(self.there(), [])

    def test_a_mount_of_the_configuration(self):
        upload = self.begin("named/file")
        server = self.server
        config = self.config(f'[backend.b]\ntype = "s3"\nbucket = "{server.bucket}"\nprefix = "named/"\n'
                             f'[backend.m]\ntype = "memory"\n'
                             f'[mount.data]\npaths = {{ "/b" = "b", "/m" = "m" }}\n')
        self.assertEqual(self.lines("list", "-c", config, source="data"), [("file", upload)])
        self.assertEqual(self.lines("abort", "-c", config, "--older-than", "0", source="data"), [("file", upload)])
        self.assertEqual(self.there(), [])

    def test_mistakes(self):
        self.assert_refused(self.uploads("abort"), USAGE, "--older-than")
        self.assert_refused(self.uploads("list", "--older-than", "soon"), USAGE, "--older-than", "duration")
        self.assert_refused(self.uploads("list", source="memory:"), USAGE, "holds no object store")
        self.assert_refused(self.uploads("list", source="s3://no-such-bucket"), 32, "s3://no-such-bucket: ", "NoSuchBucket")


if __name__ == "__main__":
    program.main()
