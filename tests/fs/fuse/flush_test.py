"""Whose close publishes a file: that of the process that opened it, not that of every child that inherited it."""

import os
import pathlib
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
import program  # noqa: E402


class Flush(program.Case):
    def setUp(self):
        super().setUp()
        self.journal = self.dir / "journal"
        self.foreground(f"recording:{self.journal}", self.point)

    def lines(self, fd_or_ino):
        """What the backend was asked to do with a file, so far."""
        ino = str(fd_or_ino)
        return [line.split()[0] for line in self.journal.read_text().splitlines() if line.split()[1] == ino]

    def open(self, flags=os.O_WRONLY | os.O_CREAT):
        fd = os.open(self.point / "f", flags, 0o644)
        return fd, os.fstat(fd).st_ino

    def test_the_openers_close(self):
        fd, ino = self.open()
        os.write(fd, b"x")
        os.close(fd)
        self.assertEqual(self.lines(ino)[0], "flush")
        again, _ = self.open(os.O_WRONLY)
        os.close(again)
        self.assertEqual(self.lines(ino).count("flush"), 2)

    def test_children_that_inherit(self):
        fd, ino = self.open()
        for number in range(5):
            subprocess.run(["sh", "-c", f"echo {number} >&{fd}"], pass_fds=[fd], check=True)
        self.assertEqual(self.lines(ino), [])
        os.close(fd)
        self.assertEqual(self.lines(ino)[0], "flush")
        self.assertEqual((self.point / "f").read_text(), "0\n1\n2\n3\n4\n")

    def test_redirected_command(self):
        """As `make >log`: the shell's child opens and becomes the command, whose own children write."""
        subprocess.run(["sh", "-c", "sh -c '/bin/echo a; /bin/echo b; /bin/echo c; exit 0' > f"], cwd=self.point, check=True)
        ino = os.stat(self.point / "f").st_ino
        # The redirection's own close, when the descriptor has become standard output, and the exit.
        self.assertLessEqual(self.lines(ino).count("flush"), 2)
        self.assertGreaterEqual(self.lines(ino).count("flush"), 1)
        self.assertEqual((self.point / "f").read_text(), "a\nb\nc\n")

    def test_threads_of_the_opener(self):
        opened = []
        thread = threading.Thread(target=lambda: opened.append(self.open()))
        thread.start()
        thread.join()  # The thread that opened is gone.
        fd, ino = opened[0]
        thread = threading.Thread(target=os.close, args=(fd,))
        thread.start()
        thread.join()
        self.assertEqual(self.lines(ino)[0], "flush")

    def test_opener_that_is_gone(self):
        """`daemonize`: the opener forks and ends. Who is left may be anybody, so that its close publishes."""
        done_read, done_write = os.pipe()
        go_read, go_write = os.pipe()
        child = os.fork()
        if child == 0:
            self.open()
            if os.fork() == 0:
                os.read(go_read, 1)
                os.write(done_write, b"x")
                os._exit(0)
            os._exit(0)
        os.waitpid(child, 0)
        os.close(done_write)
        ino = os.stat(self.point / "f").st_ino
        self.assertEqual(self.lines(ino), ["flush"])
        os.write(go_write, b"x")
        while os.read(done_read, 1):  # Until the last process that has the file is gone.
            pass
        for fd in (done_read, go_read, go_write):
            os.close(fd)
        self.assertEqual(self.lines(ino)[:2], ["flush", "flush"])

    def test_a_file_made_by_a_reader(self):
        fd, ino = self.open(os.O_RDONLY | os.O_CREAT)
        os.close(fd)
        self.assertEqual(self.lines(ino)[0], "flush")

    def test_readers_publish_nothing(self):
        fd, _ = self.open()
        os.close(fd)
        before = self.journal.read_text().count("flush")
        reader, _ = self.open(os.O_RDONLY)
        os.close(reader)
        self.assertEqual(self.journal.read_text().count("flush"), before)


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit(77)
    program.main()
