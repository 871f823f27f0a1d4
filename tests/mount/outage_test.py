"""A store that is not there: mounting says why, in one line and in time; a mount recovers by itself; it ends in time."""

import contextlib
import errno
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

from mounting import backends, case, kernel
from mounting.faulty import faulty

USAGE, MOUNT_FAILED = 1, 32
DOCUMENTATION = pathlib.Path(__file__).resolve().parents[2] / "docs/semantics.md"
MIB = 1 << 20
# What the services call these things, in settings and in what they answer.
S3 = {"bucket": "bucket", "missing": "NoSuchBucket", "busy": "SlowDown", "failing": "InternalError", "errno": "EIO",
      "token": {"session_token": "old"}, "expired": "ExpiredToken"}
AZURE = {"bucket": "container", "missing": "ContainerNotFound", "busy": "ServerBusy", "failing": "OperationTimedOut",
         "errno": "ETIMEDOUT", "token": {}, "expired": "AuthenticationFailed", "keys": {"account_key": "d3Jvbmc="}}
WORDS = {"s3": {**S3, "keys": {"access_key_id": "wrong", "secret_access_key": "wrong"}},
         "r2": {**S3, "keys": {"access_key_id": "wrong"}},  # The stand-in knows ids.
         "azure": AZURE}


def word(meaning):
    return WORDS[case.settings.backend][meaning]


def errno_of(call, *arguments):
    """The name of the errno that a call fails with, or 'none'."""
    try:
        call(*arguments)
    except OSError as failure:
        return errno.errorcode[failure.errno]
    return "none"


class mounting(faulty):
    """Each thing that keeps a store from being mounted is one line, an exit code of mount(8), and takes no longer than it may."""

    def refused(self, table, *options, timeout="mount_timeout=3s"):
        """Tries to mount: (exit code, what was said, seconds that it took)."""
        point, config = self.native / "point", self.native / "refused.toml"
        point.mkdir(exist_ok=True)
        config.write_text(backends.config({"/": {**self.table(), **table}}, self.native / "state"))
        begun = time.monotonic()
        done = subprocess.run([case.settings.binary, "mount", "-c", config, "-o", ",".join([timeout, *options]), "test", point],
                              capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        took = time.monotonic() - begun
        self.assertEqual(kernel.mounts_under(point), [])
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        print(done.stderr.strip(), f"({took:.1f} s)", flush=True)
        return done.returncode, done.stderr, took

    def assert_refused(self, outcome, code, *parts, at_most=3 + 5):
        self.assertEqual(outcome[0], code, outcome[1])
        for part in parts:
            self.assertIn(part, outcome[1])
        self.assertLess(outcome[2], at_most, outcome[1])

    def test_nobody_listens(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            table = {"endpoint": f"http://127.0.0.1:{closed.getsockname()[1]}"}
            self.assert_refused(self.refused(table), MOUNT_FAILED, "127.0.0.1", "connect", "mount_timeout")

    def test_nobody_answers(self):
        with self.proxy.breaking("hang"):
            self.assert_refused(self.refused({}), MOUNT_FAILED, "no answer", "mount_timeout")

    def test_a_name_that_does_not_resolve(self):
        self.assert_refused(self.refused({"endpoint": "http://no-such-host.invalid"}), MOUNT_FAILED, "no-such-host.invalid",
                            at_most=3 + 12)

    def test_it_always_fails(self):
        with self.proxy.breaking("503"):
            self.assert_refused(self.refused({}), MOUNT_FAILED, word("busy"), "mount_timeout")

    def test_wrong_key(self):
        for key, value in word("keys").items():
            self.assert_refused(self.refused({key: value}), USAGE, "main", at_most=5)

    def test_missing_bucket(self):
        self.assert_refused(self.refused({word("bucket"): "no-such-bucket"}), MOUNT_FAILED, word("missing"), at_most=5)

    def test_expired_token(self):
        with self.proxy.breaking("expired"):
            self.assert_refused(self.refused(word("token")), USAGE, word("expired"), at_most=5)

    def test_the_log_has_the_request_id(self):
        log = self.native / "refused.log"
        with self.proxy.breaking("403"):
            self.assert_refused(self.refused({}, f"log_file={log}"), USAGE, "credentials", at_most=5)
        [told] = [line for line in log.read_text().splitlines() if "not mounted" in line]
        self.assertIn("request FAULTPROXY", told)

    def test_it_is_mounted_when_the_store_comes_in_time(self):
        self.proxy.stop()
        self.addCleanup(lambda: self.proxy.process or self.proxy.start())
        point, state = self.native / "late", self.native / "late-state"
        point.mkdir()
        config = self.native / "late.toml"
        config.write_text(backends.config({"/": self.table()}, state))
        trying = subprocess.Popen([case.settings.binary, "mount", "-c", config, "test", point], stderr=subprocess.PIPE,
                                  text=True, stdin=subprocess.DEVNULL)
        time.sleep(2)
        self.assertIsNone(trying.poll())
        self.proxy.start()
        self.assertEqual((trying.communicate(timeout=60)[1], trying.returncode), ("", 0))
        subprocess.run([case.settings.binary, "umount", "--wait", point], check=True)


class outage(faulty):
    """While the store is gone calls fail after their retries, and the log says why; when it is back all is as before."""

    settings = {"retry_timeout": "2s"}

    def test_it_recovers(self):
        (self.mount / "before").write_bytes(b"content")
        fd = os.open(self.mount / "during", os.O_CREAT | os.O_RDWR)
        os.write(fd, b"written while nobody was there")
        self.proxy.stop()
        self.assertEqual(errno_of(os.fsync, fd), "EIO")
        time.sleep(1.2)  # Past the attributes' time to live.
        self.assertEqual(errno_of(os.listdir, self.mount), "EIO")
        self.assertEqual(errno_of(os.stat, self.mount / "other"), "EIO")
        self.assertTrue(any("onnect" in line for line in self.logged("request failed")), self.running.tail())
        self.proxy.start()
        os.fsync(fd)
        os.close(fd)
        self.assertEqual(sorted(os.listdir(self.mount)), ["before", "during"])
        self.assertEqual(self.stored(self.mount / "during"), b"written while nobody was there")
        self.assertEqual((self.mount / "before").read_bytes(), b"content")

    def test_the_log_has_the_request_id(self):
        with self.proxy.breaking("500"):
            self.assertEqual(errno_of(os.stat, self.mount / "name"), word("errno"))
        told = self.logged("request failed")
        self.assertIn("request_id=FAULTPROXY", told[-1])
        self.assertIn(word("failing"), told[-1])

    def test_keys_that_are_refused_later(self):
        with self.proxy.breaking("403"):
            self.assertEqual(errno_of(os.listdir, self.mount), "EACCES")
            self.assertEqual(errno_of((self.mount / "file").write_bytes, b"content"), "EACCES")
        self.assertIn("request_id=FAULTPROXY", self.logged("request failed")[-1])
        (self.mount / "file").write_bytes(b"content")


class ends_in_time(faulty):
    """A mount whose store is gone ends within unmount_timeout; what it could not publish is kept and named."""

    options = faulty.options + ",unmount_timeout=2s"
    settings = {"retry_timeout": "1s"}
    bound_s = 2 + 5

    def setUp(self):
        if self.running.process is None:
            self.running.start()
        super().setUp()

    @contextlib.contextmanager
    def gone(self, how):
        if how == "nobody listens":
            self.proxy.stop()
        else:
            self.proxy.rules("hang")
        try:
            yield
        finally:
            if self.proxy.process is None:
                self.proxy.start()
            self.proxy.rules()

    def dirty(self, name, data):
        fd = os.open(self.mount / name, os.O_CREAT | os.O_WRONLY)
        os.write(fd, data)
        return fd

    def ended(self, begun):
        """Waits for the daemon's end. Returns: its exit code."""
        process, self.running.process = self.running.process, None
        code = process.wait(60)
        took = time.monotonic() - begun
        print(f"ended with {code} after {took:.1f} s", flush=True)
        self.assertLess(took, self.bound_s, self.running.tail())
        return code

    def assert_kept(self, name, data):
        told = [line for line in self.logged("is kept in") if f"{self._testMethodName}/{name}" in line]
        self.assertEqual(len(told), 1, self.running.tail())
        path = pathlib.Path(told[0].rpartition("is kept in ")[2].strip().strip('"'))
        self.assertEqual(path.read_bytes(), data)
        manifest = path.with_suffix(".manifest").read_text()
        self.assertIn(f"{self._testMethodName}/{name}\n", manifest)
        self.assertIn(f"bytes 0 {len(data)}\n", manifest)

    def put_back(self, name):
        """What the documentation says to do with what is kept. Returns: the content that comes of it."""
        text = DOCUMENTATION.read_text().partition("<!-- put back: begin -->\n```sh\n")[2].partition("```")[0]
        copy, told = self.native / "copy", self.logged("is kept in")
        told = [line for line in told if f"{self._testMethodName}/{name}" in line]
        kept = pathlib.Path(told[-1].rpartition("is kept in ")[2].strip().strip('"')).with_suffix("")
        base = re.search("^base (.*)$", kept.with_suffix(".manifest").read_text(), re.MULTILINE)[1]
        if base != "none":
            copy.write_bytes((self.mount / name).read_bytes())
            self.assertEqual(os.getxattr(self.mount / name, "user.randomiofs.etag").decode(), base)
        subprocess.run(["sh", "-c", text + 'put_back "$1" "$2"', "sh", kept, copy], check=True)
        return copy.read_bytes()

    def test_an_edit_is_put_back(self):
        before = os.urandom(400_000)
        (self.mount / "edited").write_bytes(before)
        fd = os.open(self.mount / "edited", os.O_RDWR)
        with self.gone("nobody listens"):
            os.pwrite(fd, b"in the middle", 100_000)
            os.ftruncate(fd, 350_000)
            os.ftruncate(fd, 500_000)
            os.pwrite(fd, b"at the end", 450_000)
            begun = time.monotonic()
            self.running.process.send_signal(signal.SIGTERM)
            self.assertNotEqual(self.ended(begun), 0)
            with contextlib.suppress(OSError):
                os.close(fd)
            for point in kernel.mounts_under(self.point):
                kernel.unmount(point)
        self.running.start()
        self.assertEqual((self.mount / "edited").read_bytes(), before)
        expected = bytearray(before[:350_000] + bytes(150_000))
        expected[100_000:100_013], expected[450_000:450_010] = b"in the middle", b"at the end"
        self.assertEqual(self.put_back("edited"), expected)

    def check(self, how, end):
        (self.mount / "published").write_bytes(b"published")
        data = os.urandom(300_000)
        fd = self.dirty("file", data)
        with self.gone(how):
            begun = time.monotonic()
            end()
            code = self.ended(begun)
            with contextlib.suppress(OSError):
                os.close(fd)
            for point in kernel.mounts_under(self.point):
                kernel.unmount(point)
        self.assertNotEqual(code, 0)
        self.assert_kept("file", data)
        self.running.start()
        told = [line for line in self.logged("is kept in") if f"{self._testMethodName}/file" in line]
        self.assertEqual(len(told), 2, "the next mount says nothing of it")
        self.assertEqual((self.mount / "published").read_bytes(), b"published")
        self.assertEqual(self.put_back("file"), data)

    def test_signal_and_nobody_listens(self):
        self.check("nobody listens", lambda: self.running.process.send_signal(signal.SIGTERM))

    def test_signal_and_nobody_answers(self):
        self.check("nobody answers", lambda: self.running.process.send_signal(signal.SIGTERM))

    def test_lazy_unmount_and_nobody_answers(self):
        def end():
            subprocess.run(["umount", "-f", "-l", self.point], check=True)
        self.check("nobody answers", end)

    def test_a_file_that_was_closed(self):
        """Its close failed, nobody has it open, and the mount is unmounted in the ordinary way."""
        data = os.urandom(300_000)
        fd = self.dirty("file", data)
        with self.gone("nobody answers"):
            closing = threading.Thread(target=lambda: errno_of(os.close, fd))
            closing.start()
            time.sleep(0.3)
            begun = time.monotonic()
            self.running.process.send_signal(signal.SIGTERM)
            self.assertNotEqual(self.ended(begun), 0)
            closing.join(10)
            for point in kernel.mounts_under(self.point):
                kernel.unmount(point)
        self.assert_kept("file", data)
        self.running.start()

    def test_umount_wait_says_so(self):
        data = os.urandom(300_000)
        fd = self.dirty("file", data)
        with self.gone("nobody listens"):
            self.assertEqual(errno_of(os.close, fd), "EIO")
            begun = time.monotonic()
            done = subprocess.run([case.settings.binary, "umount", "--wait", self.point], capture_output=True, text=True,
                                  timeout=60)
            self.assertNotEqual(self.ended(begun), 0)
        self.assertEqual(done.returncode, MOUNT_FAILED, done.stderr)
        self.assertIn("1 files were not published", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assert_kept("file", data)
        self.running.start()

    def test_nothing_to_publish(self):
        (self.mount / "published").write_bytes(b"published")
        with self.gone("nobody answers"):
            begun = time.monotonic()
            self.running.process.send_signal(signal.SIGTERM)
            self.assertEqual(self.ended(begun), 0)
        self.running.start()
