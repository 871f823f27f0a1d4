"""The proxy in front of the tests' HTTP server: what each rule does to a request, and to the server behind."""

import datetime
import email.utils
import http.client
import json
import pathlib
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent


def start(*command):
    child = subprocess.Popen([sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return child, int(child.stdout.readline())


def end(child):
    child.stdin.close()
    child.stdout.close()
    child.wait(10)


class Proxy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        server, cls.server_port = start(HERE.parent / "http/server.py")
        cls.addClassCleanup(end, server)
        proxy, cls.port = start(HERE / "proxy.py", "--to", f"127.0.0.1:{cls.server_port}")
        cls.addClassCleanup(end, proxy)

    def ask(self, method, target, body=None, headers=None, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=10)
        try:
            connection.request(method, target, body, headers or {})
            reply = connection.getresponse()
            return reply, reply.read()
        finally:
            connection.close()

    def rules(self, *lines):
        reply, body = self.ask("PUT", "/-/faults", "\n".join(lines))
        self.assertEqual(reply.status, 200, body)

    def counts(self):
        return json.loads(self.ask("GET", "/-/faults")[1])

    def arrived(self):
        return json.loads(self.ask("GET", "/stats", port=self.server_port)[1])["requests"]

    def assertArrives(self, expected, *request):
        before = self.arrived()
        try:
            outcome = self.ask(*request)
        except (OSError, http.client.HTTPException) as broken:
            outcome = broken
        self.assertEqual(self.arrived() - before - 1, expected)
        return outcome

    def test_without_rules_everything_passes(self):
        self.rules()
        body = bytes(range(256)) * 8192
        reply, text = self.ask("PUT", "/echo?a=%2F&b", body, {"X-Odd-Name": "v  v", "Host": "me:1"})
        echo = json.loads(text)
        self.assertEqual((echo["method"], echo["target"], echo["size"]), ("PUT", "/echo?a=%2F&b", len(body)))
        self.assertIn(["X-Odd-Name", "v  v"], echo["headers"])
        self.assertIn(["Host", "me:1"], echo["headers"])
        self.assertEqual(len(self.ask("GET", "/chunked/100000")[1]), 100_000)
        self.assertEqual(self.ask("HEAD", "/bytes/5")[0].getheader("Content-Length"), "5")
        self.assertEqual(self.ask("GET", "/status/204")[0].status, 204)
        self.assertGreaterEqual(self.counts()["bytes_up"], len(body))

    def test_refusals_do_not_reach_the_server(self):
        for rule, status, word in (("503", 503, b"SlowDown"), ("500", 500, b"InternalError"), ("418", 418, b""),
                                   ("200-error", 200, b"InternalError"), ("expired", 400, b"ExpiredToken")):
            self.rules(rule + ",retry_after=7")
            reply, body = self.assertArrives(0, "PUT", "/echo", b"x" * 100_000)
            self.assertEqual(reply.status, status)
            self.assertIn(word, body)
            self.assertEqual(reply.getheader("Retry-After"), "7")
            self.assertEqual(self.counts()["faults"], {rule: 1})

    def test_azure_is_answered_in_its_own_words(self):
        for rule, status, word in (("503", 503, "ServerBusy"), ("500", 500, "OperationTimedOut"),
                                   ("500-lost", 500, "OperationTimedOut"), ("502", 502, "InternalError"),
                                   ("expired", 403, "AuthenticationFailed")):
            self.rules(rule)
            reply, body = self.ask("PUT", "/echo", b"x", {"x-ms-version": "2025-11-05"})
            self.assertEqual((reply.status, reply.getheader("x-ms-error-code")), (status, word))
            self.assertIn(f"<Code>{word}</Code>".encode(), body)
            self.assertTrue(reply.getheader("x-ms-request-id"))

    def test_a_connection_stays_after_a_refusal(self):
        self.rules("503,count=1")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        statuses = []
        for _ in range(3):
            connection.request("PUT", "/echo", b"body")
            reply = connection.getresponse()
            reply.read()
            statuses.append(reply.status)
        connection.close()
        self.assertEqual(statuses, [503, 200, 200])

    def test_lost_replies_reach_the_server(self):
        for rule in ("lost", "drop"):
            self.rules(rule)
            self.assertIsInstance(self.assertArrives(1, "PUT", "/echo", b"x"), (OSError, http.client.HTTPException))
        for rule, status in (("500-lost", 500), ("502-lost", 502), ("200-error-lost", 200)):
            self.rules(rule)
            reply, body = self.assertArrives(1, "PUT", "/echo", b"x")
            self.assertEqual(reply.status, status)
            self.assertIn(b"InternalError", body)

    def test_broken_connections_and_bodies(self):
        self.rules("reset")
        self.assertIsInstance(self.assertArrives(0, "GET", "/bytes/1"), OSError)
        self.rules("truncated")
        cut = self.assertArrives(1, "GET", "/bytes/1000000")
        self.assertIsInstance(cut, http.client.IncompleteRead)
        self.assertGreater(len(cut.partial), 100_000)
        self.assertIsInstance(self.assertArrives(1, "GET", "/bytes/1"), http.client.IncompleteRead)
        self.assertIsInstance(self.assertArrives(1, "GET", "/chunked/1"), http.client.IncompleteRead)
        self.rules("flipped")
        body = self.ask("GET", "/bytes/100")[1]
        self.assertEqual(sum(a != i for i, a in enumerate(body)), 1)

    def test_time(self):
        self.rules("delay,seconds=0.3")
        begun = time.monotonic()
        self.assertEqual(self.ask("GET", "/bytes/1")[0].status, 200)
        self.assertGreaterEqual(time.monotonic() - begun, 0.3)
        self.rules("slow,rate=1000000")
        begun = time.monotonic()
        self.assertEqual(len(self.ask("GET", "/bytes/400000")[1]), 400_000)
        self.assertGreaterEqual(time.monotonic() - begun, 0.3)

    def test_conditions_are_removed(self):
        self.rules("unconditional,has=if-match")
        echo = json.loads(self.ask("PUT", "/echo", b"", {"If-Match": "x", "If-None-Match": "*", "Other": "y"})[1])
        names = {name for name, _ in echo["headers"]}
        self.assertIn("Other", names)
        self.assertFalse({"If-Match", "If-None-Match"} & names)

    def test_a_clock_that_is_ahead(self):
        def signed_at(when):
            text = when.strftime("%Y%m%dT%H%M%SZ")
            return self.ask("GET", "/bytes/1", None, {"x-amz-date": text})[0]
        now = datetime.datetime.now(datetime.timezone.utc)
        self.rules("skewed,seconds=3600")
        refused = signed_at(now)
        self.assertEqual(refused.status, 403)
        theirs = email.utils.parsedate_to_datetime(refused.getheader("Date"))
        self.assertAlmostEqual((theirs - now).total_seconds(), 3600, delta=5)
        self.assertEqual(signed_at(theirs).status, 200)

    def test_which_requests_a_rule_is_for(self):
        self.rules("503,method=PUT+POST,target=uploads$,has=X-This,skip=1,count=1")
        wanted = ("PUT", "/echo?uploads", b"", {"x-this": "1"})
        self.assertEqual([self.ask(*wanted)[0].status for _ in range(3)], [200, 503, 200])
        self.rules("503,lacks=X-That", "500,token=old")
        self.assertEqual(self.ask("GET", "/bytes/1")[0].status, 503)
        with_that = {"x-that": "1"}
        self.assertEqual(self.ask("GET", "/bytes/1", None, with_that)[0].status, 200)
        for token, status in (("old", 500), ("new", 200)):
            told = {**with_that, "x-amz-security-token": token}
            self.assertEqual(self.ask("GET", "/bytes/1", None, told)[0].status, status)
        self.rules("503,method=PUT+POST,target=uploads$,has=X-This")
        for other in (("GET", *wanted[1:]), ("PUT", "/echo?uploads=1", *wanted[2:]), (*wanted[:3], {})):
            self.assertEqual(self.ask(*other)[0].status, 200)

    def test_the_same_seed_breaks_the_same_requests(self):
        runs = []
        for _ in range(2):
            self.rules("seed 7", "503:30", "500:10  # after those")
            runs.append([self.ask("GET", "/bytes/1")[0].status for _ in range(60)])
        self.assertEqual(*runs)
        self.assertTrue(8 <= runs[0].count(503) <= 30, runs[0])
        self.assertTrue(1 <= runs[0].count(500) <= 15, runs[0])

    def test_wrong_rules_are_refused_and_change_nothing(self):
        self.rules("503")
        for wrong in ("nonsense", "503:x", "503,colour=red", "503,target=(", "503,count"):
            self.assertEqual(self.ask("PUT", "/-/faults", wrong)[0].status, 400, wrong)
        self.assertEqual(self.ask("GET", "/bytes/1")[0].status, 503)

    def test_the_log(self):
        self.rules("503,target=nine", "")
        self.ask("GET", "/bytes/9?nine")
        self.ask("GET", "/bytes/8")
        lines = self.ask("GET", "/-/log")[1].decode().splitlines()
        self.assertEqual(lines[-2:], ["GET /bytes/9?nine 503 503", "GET /bytes/8 - 200"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
