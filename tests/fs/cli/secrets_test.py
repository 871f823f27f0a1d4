"""What nobody else should see of a mount: its secrets, in ps(1), /proc/mounts, the log and core dumps."""

import os
import pathlib
import resource
import signal
import subprocess
import sys

import program

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from servers.seaweed import SeaweedServer  # noqa: E402

USAGE = 1


def with_core_dumps():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


class Secrets(program.Case):
    @classmethod
    def setUpClass(cls):
        cls.server = SeaweedServer().start()
        cls.addClassCleanup(cls.server.stop)
        cls.source = f"s3://{cls.server.bucket}"
        cls.variables = {**cls.server.environment(), "AWS_EC2_METADATA_DISABLED": "true"}

    def mount(self, *options, **variables):
        return self.foreground("-o", ",".join(["log=trace", *options]), self.source, self.point,
                               env={**self.variables, "XDG_STATE_HOME": str(self.dir / "state"), **variables},
                               cwd=self.dir, preexec_fn=with_core_dumps)

    def use(self):
        for name in ("a", "b"):
            (self.point / name).write_text("content")
            self.assertEqual((self.point / name).read_text(), "content")
        os.listdir(self.point)

    def test_options(self):
        secret = self.server.secret_key
        daemon = self.mount(f"secret_access_key={secret},access_key_id={self.server.access_key}",
                            AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
        self.use()
        words = pathlib.Path(f"/proc/{daemon.pid}/cmdline").read_text()
        self.assertIn("secret_access_key=***", words)
        self.assertIn(f"access_key_id={self.server.access_key}", words)
        self.assertNotIn(secret, words)
        self.assertNotIn(secret, pathlib.Path("/proc/mounts").read_text())
        subprocess.run(["umount", self.point], check=True)
        said = daemon.communicate(timeout=60)[1]
        self.assertIn("mounted", said)
        self.assertNotIn(secret, said)
        self.assertNotIn("Signature", said)

    def test_a_uri_is_everybodys(self):
        done = self.run_it("mount", f"{self.source}?secret_access_key={self.server.secret_key}", self.point,
                           env=self.variables)
        self.assert_refused(done, USAGE, "secret_access_key", "env:NAME")
        self.assertNotIn(self.server.secret_key, done.stderr)

    def test_core_dumps(self):
        dumped = subprocess.Popen([sys.executable, "-c", "import os; os.abort()"], cwd=self.dir,
                                  preexec_fn=with_core_dumps, stderr=subprocess.DEVNULL)
        if not os.WCOREDUMP(os.waitpid(dumped.pid, 0)[1]):
            self.skipTest("this machine keeps no core dumps")
        daemon = self.mount()
        self.use()
        daemon.send_signal(signal.SIGABRT)
        status = os.waitpid(daemon.pid, 0)[1]
        daemon.returncode = -signal.SIGABRT
        self.assertTrue(os.WIFSIGNALED(status))
        self.assertFalse(os.WCOREDUMP(status))


if __name__ == "__main__":
    program.main()
