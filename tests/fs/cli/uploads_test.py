"""`randomiofs uploads list|abort`: the unfinished uploads of a real server, whoever began them."""

import base64
import pathlib
import sys
import time
import urllib.parse
import urllib.request
import xml.etree.ElementTree as xml

import program

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from servers.azurite import AzuriteServer  # noqa: E402
from servers.r2_proxy import R2Proxy  # noqa: E402
from servers.seaweed import SeaweedServer  # noqa: E402
from servers.sigv4 import signed  # noqa: E402

USAGE, FAILED = 1, 32


class Listing(program.Case):
    """What it prints of a source that derived classes serve."""

    environment = {}
    options = ()  # Each for -o.

    def uploads(self, *words, source):
        options = [word for each in self.options for word in ("-o", each)]
        return self.run_it("uploads", words[0], source, *words[1:], *options, env=self.environment)

    def lines(self, *words, source):
        """What it prints, as (key, id)."""
        done = self.uploads(*words, source=source)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows = [line.split("\t") for line in done.stdout.splitlines()]
        for row in rows:
            time.strptime(row[0], "%Y-%m-%dT%H:%M:%SZ")
        return sorted(tuple(row[1:]) for row in rows)


class S3(Listing):
    scheme, table = "s3://", 'type = "s3"\n'

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(SeaweedServer())
        cls.environment = {**cls.server.environment(), "AWS_EC2_METADATA_DISABLED": "true"}
        cls.source = f"{cls.scheme}{cls.server.bucket}"

    def ask(self, method, target):
        server = self.server
        url = f"{server.endpoint}/{server.bucket}{target}"
        headers = signed(method, url, {}, server.access_key, server.secret_key, server.region)
        request = urllib.request.Request(url, method=method, headers=headers, data=b"" if method == "POST" else None)
        with urllib.request.urlopen(request, timeout=30) as reply:
            return [each.text for each in xml.fromstring(reply.read()).iter() if each.tag.endswith("UploadId")]

    def begin(self, key):
        return self.ask("POST", f"/{urllib.parse.quote(key)}?uploads=")[0]

    def there(self):
        return sorted(self.ask("GET", "?uploads="))

    def lines(self, *words, source=None):
        return super().lines(*words, source=source or self.source)

    def test_list_and_abort(self):
        self.assertEqual(self.lines("list"), [])
        old = {"first": self.begin("first"), "folder/a b": self.begin("folder/a b")}
        time.sleep(3)
        new = {"folder/second": self.begin("folder/second")}
        self.assertEqual(self.lines("list"), sorted({**old, **new}.items()))
        self.assertEqual(self.lines("list", "--older-than", "2s"), sorted(old.items()))
        self.assertEqual(self.lines("list", "--older-than", "1d"), [])
        # Below a prefix keys are those that a mount of it would show.
        below = f"{self.source}/folder"
        self.assertEqual(self.lines("list", source=below), [("a b", old["folder/a b"]), ("second", new["folder/second"])])

        self.assertEqual(self.lines("abort", "--older-than", "1d"), [])
        self.assertEqual(len(self.there()), 3)
        self.assertEqual(self.lines("abort", "--older-than", "2s", source=below), [("a b", old["folder/a b"])])
        self.assertEqual(self.there(), sorted([old["first"], new["folder/second"]]))
        self.assertEqual(self.lines("abort", "--older-than", "2s"), [("first", old["first"])])
        self.assertEqual(self.there(), [new["folder/second"]])
        self.assertEqual(self.lines("abort", "--older-than", "0"), sorted(new.items()))
        self.assertEqual(self.there(), [])

    def test_any_key_is_one_line(self):
        upload = self.begin("odd/tab\tline\nü")
        self.assertEqual(self.lines("list"), [(r"odd/tab\x09line\x0aü", upload)])
        self.assertEqual(self.lines("abort", "--older-than", "0"), [(r"odd/tab\x09line\x0aü", upload)])
        self.assertEqual(self.there(), [])

    def test_a_mount_of_the_configuration(self):
        upload = self.begin("named/file")
        config = self.config(f'[backend.b]\n{self.table}bucket = "{self.server.bucket}"\nprefix = "named/"\n'
                             f'[backend.m]\ntype = "memory"\n'
                             f'[mount.data]\npaths = {{ "/b" = "b", "/m" = "m" }}\n')
        self.options = [option.replace("endpoint", "b.endpoint") for option in self.options]
        self.assertEqual(self.lines("list", "-c", config, source="data"), [("file", upload)])
        self.assertEqual(self.lines("abort", "-c", config, "--older-than", "0", source="data"), [("file", upload)])
        self.assertEqual(self.there(), [])

    def test_mistakes(self):
        at = {"source": self.source}
        self.assert_refused(self.uploads("abort", **at), USAGE, "--older-than", "uploads abort --help")
        self.assert_refused(self.uploads("list", "--older-than", "soon", **at), USAGE, "--older-than", "duration")
        elsewhere = self.run_it("uploads", "list", "memory:")
        self.assert_refused(elsewhere, USAGE, "holds no object store")
        missing = self.source.replace(self.server.bucket, "no-such-bucket")
        self.assert_refused(self.uploads("list", source=missing), FAILED, f"{missing}: ", "NoSuchBucket")


class R2(S3):
    scheme, table = "r2://account/", 'type = "r2"\naccount = "account"\n'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.options = [f"endpoint={cls.enterClassContext(R2Proxy(cls.server)).endpoint}"]


class Azure(Listing):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(AzuriteServer())
        cls.environment = cls.server.environment()
        cls.source = f"az://{cls.server.account}/{cls.server.container}"

    def test_they_can_be_listed_only(self):
        block = base64.b64encode(b"block one").decode()  # Nothing that a URL would have to encode.
        self.server.ask("PUT", f"/{self.server.container}/never?comp=block&blockid={block}", (), b"content").close()
        [(key, _)] = listed = self.lines("list", source=self.source)
        self.assertEqual(key, "never")
        done = self.uploads("abort", "--older-than", "0", source=self.source)
        self.assert_refused(done, USAGE, self.source, "cannot be ended", "after a week")
        self.assertEqual(self.lines("list", source=self.source), listed)


del Listing  # It has no tests of its own.

if __name__ == "__main__":
    program.main()
