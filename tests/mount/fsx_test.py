"""fsx: random operations on one file, every read checked against its own memory; with all operations that it has.

The same command runs it on the native filesystem:
    fsx -f CONFIG -N OPERATIONS -S SEED -P ARTIFACTS FILE
"""

import os
import pathlib
import subprocess

from mounting import case

TOOLS = pathlib.Path(os.environ.get("RANDOMIOFS_TEST_TOOLS", pathlib.Path.home() / ".cache/randomiofs-tests"))
CONFIG = """
flen = 1048576
[opsize]
max = 131072
[weights]
close_open = 1
invalidate = 1
mapread = 5
mapwrite = 5
read = 10
write = 10
truncate = 4
fsync = 0.5
fdatasync = 0.5
posix_fallocate = 2
punch_hole = 3
sendfile = 3
posix_fadvise = 1
copy_file_range = 5
"""


class fsx(case.mounted):
    def test_seeds(self):
        program = TOOLS / "bin/fsx"
        self.assertTrue(program.exists(), f"{program}: tests/run installs it")
        config = self.native / "fsx.toml"
        config.write_text(CONFIG)
        seeds, operations = (20, 10_000) if case.settings.full else (6, 2_500)
        if case.settings.store.takes_requests and not case.settings.full:
            seeds, operations = 4, 1_500
        failed = []
        for seed in range(1, seeds + 1):
            done = subprocess.run([program, "-f", config, "-N", str(operations), "-S", str(seed), "-P", self.native,
                                   self.mount / f"file{seed}"], capture_output=True, text=True, cwd=self.native)
            if done.returncode != 0:
                failed.append(seed)
                print(f"seed {seed}: {(done.stdout + done.stderr)[-3000:]}")
            (self.mount / f"file{seed}").unlink(missing_ok=True)
        print(f"\n{seeds - len(failed)} of {seeds} seeds pass, {operations} operations each")
        self.assertEqual(failed, [])
