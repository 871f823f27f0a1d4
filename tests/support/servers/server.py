"""A real server for one test run: a folder and a process of its own, and nothing of either left afterwards."""

import os
import pathlib
import shutil
import tempfile

from .child import Child, server_failed

ATTEMPTS = 3  # Somebody else may take a port before the server does.


class Server:
    """What a server has in common with others. Each says `folder_prefix`, what to `prepare` once, and how to `run`."""

    child = folder = None

    def prepare(self):
        """Installs what is missing."""

    def run(self):
        """Starts it once, in `self.folder`, by `self.begin`; returns when it is ready to be used."""
        raise NotImplementedError

    def begin(self, command, environment):
        """Starts the process and waits until it answers at `self.endpoint`."""
        self.child = Child(command, self.folder / "log", {**os.environ, **environment})
        self.child.await_answer(self.endpoint)

    def start(self):
        self.prepare()
        for left in reversed(range(ATTEMPTS)):
            try:
                where = os.environ.get("RANDOMIOFS_TEST_DIR", "/var/tmp")
                self.folder = pathlib.Path(tempfile.mkdtemp(prefix=self.folder_prefix, dir=where))
                self.run()
                return self
            except server_failed:
                self.stop()
                if left == 0:
                    raise
            except BaseException:
                self.stop()
                raise

    def stop(self):
        if self.child:
            self.child.end()
            self.child = None
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
