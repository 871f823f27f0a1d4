"""The log under systemd: entries of the journal with their level and their fields, and nothing on standard error."""

import os
import pathlib
import shutil
import signal
import socket
import sys

import program

JOURNAL = pathlib.Path("/run/systemd/journal/socket")  # Source: systemd.io/JOURNAL_NATIVE_PROTOCOL.


class Journal(program.Case):
    def test_entries_have_fields(self):
        reads, writes = os.pipe()
        self.addCleanup(os.close, reads)
        stream = os.fstat(writes)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
            journal.bind(str(JOURNAL))
            journal.settimeout(30)
            daemon = self.foreground("memory:", self.point, errors=writes,
                                     env={"JOURNAL_STREAM": f"{stream.st_dev}:{stream.st_ino}"})
            os.close(writes)
            entry = dict(line.split("=", 1) for line in journal.recv(65536).decode().splitlines())
            self.assertRegex(entry.pop("MESSAGE"), r"^mounted source=memory: mountpoint=\S+ loop=\w+")
            self.assertEqual(entry.pop("PRIORITY"), "6")
            self.assertEqual(entry.pop("SYSLOG_IDENTIFIER"), "randomiofs")
            self.assertEqual(entry.pop("SOURCE"), "memory:")
            self.assertEqual(entry.pop("MOUNTPOINT"), str(self.point))
            daemon.send_signal(signal.SIGTERM)
            self.assertRegex(journal.recv(65536).decode(), r"^MESSAGE=stopping signal=Terminated\n(.*\n)*SIGNAL=Terminated\n$")
            self.assertIn("MESSAGE=unmounted source=memory:", journal.recv(65536).decode())
            self.assertEqual(daemon.wait(30), 0)
        self.assertEqual(os.read(reads, 4096), b"")

    def test_a_stream_that_is_not_the_journals(self):
        daemon = self.foreground("memory:", self.point, env={"JOURNAL_STREAM": "1:1"})
        daemon.send_signal(signal.SIGTERM)
        self.assertIn(" info mounted source=memory: ", daemon.communicate(timeout=30)[1])


if __name__ == "__main__":
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        sys.exit(77)
    if "RFS_OWN_RUN" not in os.environ:  # Starts over where /run is its own, with no journal but the test's.
        os.environ["RFS_OWN_RUN"] = "1"
        script = 'set -e; mount -t tmpfs none /run; mkdir -p /run/systemd/journal; exec "$@"'
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", sys.executable,
                              *sys.argv])
    program.main()
